// Store over a folder of a local (or mounted) file system.
#pragma once

#include "driver/store/local/waiting_names.h"
#include "driver/store/store.h"
#include "driver/store/temporary_files.h"

#include <atomic>
#include <functional>
#include <mutex>
#include <set>

namespace tiledir::store
{

/// Locks are bytes of root/.tiledir/lock. Temporary files are root/.tiledir/tmp/ID-N: the folder is on the root's file
/// system, the store of that random id has its lock for life. A write that fails takes its own away; those of a killed
/// process stay. A name that is new is given at once, so a tile may be cut short by a power cut where nothing was
/// before.
class LocalStore final : public Store
{
public:
    enum class Durability
    {
        WholeFileSystem, ///< one syncfs() a batch
        EachFile         ///< fsync() of each file and folder of the batch
    };

    /// Durability is chosen by the file system's type at the first write.
    explicit LocalStore(const std::string &root);
    LocalStore(const std::string &root, Durability durability);
    ~LocalStore() override;
    LocalStore(const LocalStore &) = delete;
    LocalStore &operator=(const LocalStore &) = delete;

    using Store::write;
    using Store::write_at_once;
    using Store::write_at_sync;
    using Store::write_if;
    std::string path(const std::string &key) const override;
    std::optional<Bytes> read(const std::string &key) const override;
    std::optional<StampedObject> read_stamped(const std::string &key) const override;
    void write(const std::string &key, const void *data, std::size_t size) override;
    void write_at_sync(const std::string &key, const void *data, std::size_t size) override;
    void write_at_once(const std::string &key, const void *data, std::size_t size) override;
    bool write_if(const std::string &key, const void *data, std::size_t size,
                  const std::optional<Stamp> &before) override;
    bool stage_if(const std::string &key, const void *data, std::size_t size,
                  const std::optional<Stamp> &before) override;
    std::vector<std::string> publish() override;
    bool remove(const std::string &key) override;
    bool remove_if(const std::string &key, const std::optional<Stamp> &before) override;
    std::optional<Stamp> stamp(const std::string &key) const override;
    std::optional<Seconds> age(const std::string &key) override;
    std::unique_ptr<KeyLock> lock(const std::string &key) override;
    std::unique_ptr<KeyLock> lock_for_life(const std::string &id) override;
    std::optional<bool> lives(const std::string &id) const override;
    std::vector<std::string> list(const std::string &folder) const override;

    void check_writable() const override;
    void remove_leftovers() override;

    void sync() override;

private:
    TemporaryFile write_temporary(const std::string &target, const void *data, std::size_t size);
    bool name_new(TemporaryFile &temporary, const std::string &key);
    void rename_over(TemporaryFile &temporary, const std::string &key);
    bool name(const WaitingNames::ObjectPtr &object);
    std::optional<Stamp> stamp_of_named(const std::string &key) const;
    void note_change(const std::string &key);
    void open_root_once();
    void take_life_once();
    std::vector<std::string> make_durable(const std::vector<WaitingNames::ObjectPtr> &objects);
    void make_durable_all(const std::vector<WaitingNames::ObjectPtr> &objects);
    void flush(const std::function<void()> &each);
    void sync_each(const std::set<std::string> &keys);

    std::string m_root; ///< without a '/' at its end
    std::string m_temporary_folder;
    const std::string m_id;
    std::atomic<unsigned> m_temporary_count{0};

    WaitingNames m_waiting;

    std::mutex m_life_mutex; ///< for the next two
    bool m_has_life = false; ///< or the file system has no locks
    std::unique_ptr<KeyLock> m_life;

    /// Held for a whole sync(), for what follows: a second caller returns only when the first one's is done.
    std::mutex m_sync_mutex;
    std::string m_sync_failure;
    bool m_synced_above = false; ///< the folders above the root; EachFile only

    std::mutex m_mutex; ///< for what follows
    int m_root_fd = -1;
    std::optional<Durability> m_durability;
    bool m_changed = false;
    std::set<std::string> m_changed_keys; ///< written or removed since the last sync; EachFile only
};

} // namespace tiledir::store
