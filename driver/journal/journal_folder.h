// Where the journal of an output lies: in the output, or elsewhere. See docs/explanation/journal.md.
#pragma once

#include "driver/store/store.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::journal
{

/// `.tiledir/journal`, unless a file there, `elsewhere`, names another folder; in that one a file `output` says whose
/// journal it is. All functions throw as those of Store.
class JournalFolder
{
public:
    /// The journal of an output as it is. Throws InputError where the folder that `elsewhere` names is not its own.
    explicit JournalFolder(store::Store &output);

    /// The journal's folder for a run that wants the journal in `place`: a path, in which ${NAME} stands for
    /// environment variables; empty: in the output. Throws InputError where the output's journal is in another place,
    /// or the place holds that of another output. Writes nothing before claim().
    JournalFolder(store::Store &output, const std::string &place);

    /// Makes the folder this output's own, without the temporary files of writers that died.
    void claim();

    /// Names of the journal's files, sorted.
    std::vector<std::string> list() const;
    /// Names of the files that were there when this was made.
    const std::vector<std::string> &found() const { return m_found; }
    std::optional<std::string> read(const std::string &name) const { return m_store->read_text(key(name)); }
    /// Whole, with its name, after the next sync(); durable after the one after that.
    void write(const std::string &name, const std::string &content) { m_store->write_at_sync(key(name), content); }
    std::optional<store::Seconds> age(const std::string &name) { return m_store->age(key(name)); }
    void remove(const std::string &name) { m_store->remove(key(name)); }
    /// As Store::sync(), of the folder's store: the output's, unless the journal is_elsewhere().
    void sync() { m_store->sync(); }
    bool is_elsewhere() const { return m_elsewhere != nullptr; }
    std::string path(const std::string &name) const { return m_store->path(key(name)); }

private:
    std::string key(const std::string &name) const { return m_prefix + name; }
    void open(const std::string &place);
    std::optional<std::string> pointer_text();
    std::string owner() const;
    void read_pointer(const std::string &pointer, const std::string &place);
    void refuse_files_of_others() const;
    void take(const std::string &id);

    store::Store &m_output;
    std::unique_ptr<store::Store> m_elsewhere;
    store::Store *m_store;
    std::string m_prefix;
    std::string m_place;       ///< elsewhere, as it is said in the recipe
    std::string m_id;          ///< of the output, where its journal is elsewhere
    bool m_is_claimed = false; ///< by a pointer
    std::vector<std::string> m_found;
};

} // namespace tiledir::journal
