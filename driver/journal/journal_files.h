// Names of a journal's files: in their order they are read.
#pragma once

#include "driver/journal/journal_folder.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tiledir::journal
{

/// GENERATION-KIND-WRITER-NUMBER, or such a name with `.WRITER` behind it: a file that stands in the place of the one
/// so named and of others before it.
struct FileName
{
    std::string writer; ///< in which two files differ that are of two writers
    std::string number; ///< greater as text where the writer wrote it later
    static FileName of(const std::string &name);
};

/// As text in the order of the numbers, also beyond `digits`.
std::string sortable_number(std::int64_t number, int digits);

/// Writes files that are read after those that were there before.
class JournalFiles
{
public:
    /// `there`: names of the files that are there.
    JournalFiles(JournalFolder &folder, const std::vector<std::string> &there);

    /// A file that is whole, and has its name, after the folder's next sync(); its name. Throws as Store::write().
    std::string write(const char *kind, const std::string &content);
    /// One that is read right after `name`, before all that come after that.
    std::string write_after(const std::string &name, const std::string &content);

private:
    JournalFolder &m_folder;
    std::string m_generation;
    std::string m_writer;
    std::int64_t m_number = 0;
};

} // namespace tiledir::journal
