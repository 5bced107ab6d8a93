#include "driver/journal/journal_folder.h"

#include "driver/journal/output_layout.h"
#include "driver/store/environment.h"
#include "driver/store/network_path.h"
#include "driver/store/opening/open_store.h"
#include "driver/store/random_id.h"
#include "stac/error.h"

#include <algorithm>
#include <utility>

namespace tiledir::journal
{

namespace
{

constexpr const char *kPointer = "elsewhere";
constexpr const char *kOwner = "output";

std::string pointer_key()
{
    return std::string(kJournalFolder) + '/' + kPointer;
}

/// The first two lines of a text.
std::pair<std::string, std::string> two_lines(const std::string &text)
{
    const std::size_t first = std::min(text.find('\n'), text.size());
    const std::string rest = text.substr(std::min(first + 1, text.size()));
    return {text.substr(0, first), rest.substr(0, rest.find('\n'))};
}

} // namespace

JournalFolder::JournalFolder(store::Store &output)
    : m_output(output)
    , m_store(&output)
    , m_prefix(std::string(kJournalFolder) + '/')
    , m_found(output.list(kJournalFolder))
{
    if (const auto pointer = pointer_text())
    {
        read_pointer(*pointer, "");
    }
}

/// Nullopt where there is none; one that a power cut has left nothing of is none.
std::optional<std::string> JournalFolder::pointer_text()
{
    const auto pointer = std::find(m_found.begin(), m_found.end(), kPointer);
    if (pointer == m_found.end())
    {
        return std::nullopt;
    }
    auto text = m_output.read_text(pointer_key());
    if (!text)
    {
        throw StoreError(m_output.path(pointer_key()),
                         "is listed, and cannot be read: the store says that it is absent");
    }
    if (text->find_first_not_of('\0') != std::string::npos)
    {
        return text;
    }
    m_found.erase(pointer);
    return std::nullopt;
}

JournalFolder::JournalFolder(store::Store &output, const std::string &place)
    : m_output(output)
    , m_store(&output)
    , m_prefix(std::string(kJournalFolder) + '/')
    , m_found(output.list(kJournalFolder))
{
    if (const auto pointer = pointer_text())
    {
        if (place.empty())
        {
            throw InputError("journal: is missing; the journal of " + output.path("") + " is elsewhere, as " +
                             output.path(pointer_key()) + " says");
        }
        read_pointer(*pointer, place);
        return;
    }
    if (place.empty())
    {
        return;
    }
    if (!m_found.empty())
    {
        throw InputError("journal: '" + place + "' is not where the journal of this output is: " +
                         output.path(kJournalFolder) + "; leave the key out");
    }
    open(place);
    refuse_files_of_others();
    if (const auto [id, path] = two_lines(owner()); !id.empty())
    {
        take(id); // of a pointer that is gone, or was never written
    }
}

/// From claim() on the output points to it.
void JournalFolder::take(const std::string &id)
{
    m_id = id;
    m_is_claimed = false;
    m_found = list();
}

void JournalFolder::open(const std::string &place)
{
    m_place = place;
    m_elsewhere = store::open_store(store::vsi_path(store::with_environment(place)));
    m_store = m_elsewhere.get();
    m_prefix.clear();
}

/// `place`: where a run wants it; another spelling or another path to the same folder is as good.
void JournalFolder::read_pointer(const std::string &pointer, const std::string &place)
{
    const auto [there, id] = two_lines(pointer);
    open(place.empty() ? there : place);
    m_id = id;
    const auto [owner_id, owner_path] = two_lines(owner());
    if (!place.empty() && id != owner_id && !owner_id.empty() && owner_path == m_output.path(""))
    {
        take(owner_id); // of a pointer that is damaged
        return;
    }
    if (id.empty() || owner_id != id)
    {
        throw InputError(
            "journal: " + m_store->path("") + " is not the journal of " + m_output.path("") +
            (place.empty() || place == there
                 ? "; where it is lost, remove " + m_output.path(pointer_key()) + ": then all tiles are made again"
                 : "; that is in '" + there + "'"));
    }
    m_is_claimed = place.empty() || place == there;
    m_found = list();
}

std::string JournalFolder::owner() const
{
    return m_store->read_text(kOwner).value_or("");
}

/// Of which output's it is the file there tells; without that nobody's files may be there.
void JournalFolder::refuse_files_of_others() const
{
    const auto [id, path] = two_lines(owner());
    if (id.empty() ? !list().empty() : path != m_output.path(""))
    {
        throw InputError("journal: " + m_store->path("") + " holds the journal of another output" +
                         (path.empty() ? "" : ", " + path) + "; choose another folder");
    }
}

void JournalFolder::claim()
{
    if (m_elsewhere == nullptr)
    {
        return;
    }
    m_elsewhere->remove_leftovers();
    if (m_is_claimed)
    {
        return;
    }
    if (m_id.empty())
    {
        m_id = store::random_id();
        m_store->write_at_sync(kOwner, m_id + '\n' + m_output.path("") + '\n');
        m_store->sync();
        m_store->sync();
    }
    m_output.write_at_sync(pointer_key(), m_place + '\n' + m_id + '\n');
    m_output.sync();
    m_output.sync();
    m_is_claimed = true;
}

std::vector<std::string> JournalFolder::list() const
{
    std::vector<std::string> names = m_store->list(m_prefix.substr(0, std::max<std::size_t>(m_prefix.size(), 1) - 1));
    names.erase(std::remove_if(names.begin(), names.end(),
                               [](const std::string &name) { return name == kPointer || name == kOwner; }),
                names.end());
    return names;
}

} // namespace tiledir::journal
