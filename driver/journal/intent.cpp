#include "driver/journal/intent.h"

#include "driver/journal/output_layout.h"
#include "driver/journal/pause_watch.h"
#include "driver/journal/process_name.h"
#include "driver/store/random_id.h"
#include "stac/error.h"
#include "stac/utc_time.h"

#include <cpl_conv.h>
#include <cpl_string.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <exception>
#include <utility>

namespace tiledir::journal
{

namespace
{

using store::Seconds;
using store::Store;

constexpr const char *kEnding = ".json";
constexpr int kSooner = 10; ///< part of the interval after which a failed rewriting is tried again

std::string host_name()
{
    std::array<char, 64> host{};
    gethostname(host.data(), host.size() - 1);
    return host.data();
}

std::string intent_key(const std::string &name)
{
    return std::string(kIntentFolder) + '/' + name;
}

bool has_ending(const std::string &name, const std::string &ending)
{
    return name.size() > ending.size() && name.compare(name.size() - ending.size(), ending.size(), ending) == 0;
}

std::string text_of(const store::StampedObject &object)
{
    return {object.bytes.begin(), object.bytes.end()};
}

FoundIntent found_in(const std::string &key, const store::Stamp &stamp, const IntentDocument *document)
{
    FoundIntent found;
    found.key = key;
    found.stamp = stamp;
    found.who = "unknown";
    if (document != nullptr)
    {
        found.who = document->who();
        found.run = document->run;
        found.since = document->since;
        found.tiles = document->tiles;
        found.creates = document->creates;
    }
    return found;
}

/// Empty where there is none.
std::string id_in(const std::string &key)
{
    const std::size_t dash = key.rfind('-');
    const std::string name = dash == std::string::npos ? "" : key.substr(dash + 1);
    const std::string id = name.substr(0, name.find('.'));
    return store::is_random_id(id) ? id : std::string();
}

/// Nullopt where it has finished meanwhile.
std::optional<bool> does_live(Store &store, const std::string &key, const IntentDocument *document, Seconds dead_after)
{
    if (document != nullptr && (document->released || !document->taken_by.empty()))
    {
        return false;
    }
    if (document == nullptr || document->locked)
    {
        // Of one that cannot be read its name still tells the id.
        const std::string id = document != nullptr ? document->id : id_in(key);
        if (const auto lives = id.empty() ? std::nullopt : store.lives(id))
        {
            return lives;
        }
    }
    if (document != nullptr && is_process_gone(document->process_name))
    {
        return false;
    }
    const auto age = store.age(key);
    return age ? std::optional(*age < dead_after) : std::nullopt;
}

/// Another run goes on in this one's place.
class LostIntent : public StoreError
{
public:
    using StoreError::StoreError;
};

/// The intent of this id. Throws LostIntent where it is not there any more, or taken.
store::StampedObject own_of(const Store &store, const std::string &key, const std::string &id)
{
    auto there = store.read_stamped(key);
    const auto document = there ? intent_document(store.path(key), text_of(*there)) : std::nullopt;
    if (document && document->id == id && document->taken_by.empty())
    {
        return std::move(*there);
    }
    throw LostIntent(store.path("") + ": this run stood still for too long, and " +
                     (document && !document->taken_by.empty() ? "another run goes on in its place"
                                                              : "somebody else has taken over: its intent is gone") +
                     " (" + store.path(key) + "); the same command makes what is left");
}

std::vector<FoundIntent> chosen(std::vector<FoundIntent> intents, bool living)
{
    intents.erase(std::remove_if(intents.begin(), intents.end(),
                                 [living](const FoundIntent &intent) { return intent.lives != living; }),
                  intents.end());
    return intents;
}

} // namespace

Intent::Intent(Store &store, Seconds interval, std::string run)
    : m_store(store)
    , m_interval(interval)
{
    m_document.id = store::random_id();
    m_document.host = host_name();
    m_document.process = getpid();
    m_document.process_name = own_process_name();
    m_document.run = std::move(run);
    m_key = intent_key(m_document.host + '-' + std::to_string(m_document.process) + '-' + m_document.id + kEnding);
}

Intent::~Intent()
{
    try
    {
        release();
    }
    catch (const std::exception &)
    {
        // It is found when it is old.
    }
}

void Intent::add(const std::string &matrix, const stac::TileSet &tiles)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    stac::TileSet &told = m_tiles[matrix];
    if (told.contains(tiles))
    {
        return;
    }
    const stac::TileSet before = told;
    told.insert(tiles);
    try
    {
        write();
    }
    catch (...)
    {
        told = before; // the next attempt tells them again
        throw;
    }
    if (!m_thread.joinable())
    {
        start();
    }
}

void Intent::check()
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    if (m_document.since.empty() || !is_of_run() || m_ended)
    {
        return;
    }
    // It stood still: as old as it is, others may take over right after a look.
    boot_time() - m_written > kDeadAfter / 2 ? write() : look();
}

/// Throws where it is no longer this one's. Asks nobody on an object store where it was seen just now.
void Intent::look()
{
    const Seconds began = boot_time();
    if (m_store.is_remote() && m_lost.empty() && began - m_seen < kBelieved)
    {
        return;
    }
    own();
    m_seen = began;
}

void Intent::check(const Store &store, const std::string &key, const std::string &id)
{
    own_of(store, key, id);
}

void Intent::renew()
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    if (!m_document.since.empty() && !m_ended)
    {
        write();
    }
}

void Intent::finish()
{
    if (!end())
    {
        return;
    }
    const std::lock_guard<std::mutex> lock(m_mutex);
    if (is_of_run())
    {
        look();
    }
    m_store.remove(m_key); // by its id nobody else's, even where another has taken it since
    m_life.reset();
}

void Intent::release()
{
    if (!end())
    {
        return;
    }
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_document.released = true;
    if (m_lost.empty())
    {
        write();
    }
    m_life.reset();
}

void Intent::write()
{
    const bool is_first = m_document.since.empty();
    IntentDocument document = m_document;
    if (is_first)
    {
        m_life = m_life ? std::move(m_life) : m_store.lock_for_life(document.id);
        document.locked = m_life != nullptr;
        document.since = stac::utc_time(std::time(nullptr));
    }
    document.tiles = intended(m_tiles);
    document.writes = ++m_document.writes;
    const Seconds began = boot_time();
    is_first ? m_store.write_at_once(m_key, to_text(document)) : rewrite(to_text(document));
    m_written = m_seen = began;
    m_document.locked = document.locked;
    m_document.since = document.since;
}

/// At once, where others see it; a run's only in place of its own.
void Intent::rewrite(const std::string &text)
{
    if (!is_of_run() && m_store.is_remote())
    {
        m_store.write(m_key, text);
        return;
    }
    for (;;)
    {
        const Seconds looked = boot_time();
        const auto there = is_of_run() ? std::optional(own()) : m_store.read_stamped(m_key);
        if (!m_store.write_if(m_key, text, there ? std::optional(there->stamp) : std::nullopt))
        {
            continue;
        }
        if (is_of_run() && !is_kept_apart() && boot_time() - looked > kPauseToNotice)
        {
            give_up();
        }
        return;
    }
}

bool Intent::is_kept_apart() const
{
    return m_life != nullptr || m_store.has_conditions();
}

/// Somebody may have taken over since it looked, and what it wrote hides that.
void Intent::give_up()
{
    m_store.remove(m_key);
    m_lost = m_store.path("") + ": this run stood still while it told that it lives, and nothing keeps others out of " +
             m_store.path(m_key) + " meanwhile; the same command makes what is left";
    throw StoreError(m_lost);
}

/// A run's intent as it is there. Throws where it is no longer this one's.
store::StampedObject Intent::own()
{
    if (!m_lost.empty())
    {
        throw StoreError(m_lost);
    }
    try
    {
        return own_of(m_store, m_key, m_document.id);
    }
    catch (const LostIntent &error)
    {
        m_lost = error.what();
        throw;
    }
}

void Intent::start()
{
    // Credentials may be options of this thread alone.
    CPLStringList options(CPLGetThreadLocalConfigOptions());
    m_thread = std::thread(
        [this, options = std::move(options)]
        {
            CPLSetThreadLocalConfigOptions(options.List());
            keep_alive();
        });
}

void Intent::keep_alive()
{
    std::unique_lock<std::mutex> lock(m_mutex);
    Seconds wait = m_interval;
    while (!m_ending.wait_for(lock, wait, [this] { return m_ended; }))
    {
        wait = m_interval;
        try
        {
            write();
        }
        catch (const std::exception &)
        {
            wait = m_interval / kSooner;
        }
    }
}

bool Intent::end()
{
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        if (std::exchange(m_ended, true) || m_document.since.empty())
        {
            return false;
        }
    }
    m_ending.notify_all();
    if (m_thread.joinable())
    {
        m_thread.join();
    }
    return true;
}

std::vector<FoundIntent> Intent::all(Store &store, Seconds dead_after, const std::string &but)
{
    std::vector<FoundIntent> found;
    for (const std::string &name : store.list(kIntentFolder))
    {
        if (!has_ending(name, kEnding))
        {
            continue; // another program's
        }
        const std::string key = intent_key(name);
        if (key == but)
        {
            continue;
        }
        const auto object = store.read_stamped(key);
        if (!object)
        {
            continue; // finished meanwhile
        }
        const auto document = intent_document(store.path(key), text_of(*object));
        const IntentDocument *const readable = document ? &*document : nullptr;
        const auto lives = does_live(store, key, readable, dead_after);
        if (!lives)
        {
            continue; // finished meanwhile
        }
        found.push_back(found_in(key, object->stamp, readable));
        found.back().lives = *lives;
    }
    return found;
}

std::vector<FoundIntent> Intent::adoptable(Store &store, Seconds dead_after)
{
    return chosen(all(store, dead_after), false);
}

std::vector<FoundIntent> Intent::living(Store &store, Seconds dead_after)
{
    return chosen(all(store, dead_after), true);
}

bool Intent::take(Store &store, const FoundIntent &intent, const Intent &by)
{
    const auto object = store.read_stamped(intent.key);
    if (!object)
    {
        return true; // finished meanwhile
    }
    auto document = intent_document(store.path(intent.key), text_of(*object));
    if (!document || object->stamp != intent.stamp)
    {
        return object->stamp == intent.stamp;
    }
    if (document->released || !document->taken_by.empty())
    {
        return true;
    }
    document->taken_by = by.id();
    return store.write_if(intent.key, to_text(*document), intent.stamp);
}

void Intent::forget(Store &store, const FoundIntent &intent)
{
    store.remove_if(intent.key, intent.stamp);
}

} // namespace tiledir::journal
