#include "driver/journal/journal_files.h"

#include "driver/store/random_id.h"

#include <algorithm>
#include <cstdlib>

namespace tiledir::journal
{

namespace
{

constexpr int kGenerationDigits = 8;
constexpr int kNumberDigits = 6;
constexpr std::size_t kWriterDigits = 16;

std::int64_t generation_of(const std::string &name)
{
    const std::size_t first = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz");
    return first == std::string::npos ? 0 : std::strtoll(name.c_str() + first, nullptr, 10);
}

} // namespace

/// A letter, which comes after all digits, for each digit more.
std::string sortable_number(std::int64_t number, int digits)
{
    std::string text = std::to_string(number);
    const int more = static_cast<int>(text.size()) - digits;
    return more <= 0 ? std::string(static_cast<std::size_t>(-more), '0') + text
                     : std::string(1, static_cast<char>('a' + more - 1)) + text;
}

FileName FileName::of(const std::string &name)
{
    const std::size_t dot = name.rfind('.');
    if (dot != std::string::npos)
    {
        return {name.substr(dot + 1), "~"}; // the last of its writer
    }
    const std::size_t number = name.rfind('-');
    const std::size_t writer = number == std::string::npos || number == 0 ? number : name.rfind('-', number - 1);
    return writer == std::string::npos
               ? FileName{name, ""}
               : FileName{name.substr(writer + 1, number - writer - 1), name.substr(number + 1)};
}

JournalFiles::JournalFiles(JournalFolder &folder, const std::vector<std::string> &there)
    : m_folder(folder)
    , m_writer(store::random_id().substr(0, kWriterDigits))
{
    std::int64_t last = 0;
    for (const std::string &name : there)
    {
        last = std::max(last, generation_of(name));
    }
    m_generation = sortable_number(last + 1, kGenerationDigits);
}

std::string JournalFiles::write(const char *kind, const std::string &content)
{
    std::string name = m_generation + '-' + kind + '-' + m_writer + '-' + sortable_number(++m_number, kNumberDigits);
    m_folder.write(name, content);
    return name;
}

std::string JournalFiles::write_after(const std::string &name, const std::string &content)
{
    std::string next = name + '.' + m_writer;
    m_folder.write(next, content);
    return next;
}

} // namespace tiledir::journal
