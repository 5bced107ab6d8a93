// How a local store makes durable what was written, and gives names that wait for that.
#include "driver/store/local/local_files.h"
#include "driver/store/local/local_store.h"

#include <boost/filesystem.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace tiledir::store
{

namespace fs = boost::filesystem;

namespace
{

/// The names of a folder and of those above it, whoever has made them, up to where it is mounted.
void sync_above(const std::string &root)
{
    struct stat inside = {};
    struct stat status = {};
    if (::stat(root.c_str(), &inside) != 0)
    {
        return;
    }
    for (fs::path folder = fs::absolute(root).parent_path(); !folder.empty(); folder = folder.parent_path())
    {
        if (::stat(folder.c_str(), &status) != 0 || status.st_dev != inside.st_dev)
        {
            break;
        }
        if (access(folder.c_str(), R_OK) == 0)
        {
            fsync_path(folder.string(), O_DIRECTORY);
        }
    }
}

} // namespace

void LocalStore::note_change(const std::string &key)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_changed = true;
    if (m_durability == Durability::EachFile)
    {
        m_changed_keys.insert(key);
    }
}

std::vector<std::string> LocalStore::publish()
{
    const std::lock_guard<std::mutex> whole(m_sync_mutex);
    return make_durable(
        m_waiting.those([](const WaitingObject &object) { return object.until == WaitingObject::Until::Durable; }));
}

void LocalStore::sync()
{
    const std::lock_guard<std::mutex> whole(m_sync_mutex);
    make_durable(m_waiting.those([](const WaitingObject &object)
                                 { return object.until == WaitingObject::Until::Durable && !object.before; }));
    const auto last =
        m_waiting.those([](const WaitingObject &object) { return object.until == WaitingObject::Until::AllDurable; });
    make_durable_all(last);
    for (const auto &object : last)
    {
        name(object);
    }
}

/// Contents, then names, which are not durable yet. Returns those whose objects others have changed.
std::vector<std::string> LocalStore::make_durable(const std::vector<WaitingNames::ObjectPtr> &objects)
{
    std::vector<std::string> lost;
    if (objects.empty())
    {
        return lost;
    }
    flush(
        [&]
        {
            for (const auto &object : objects)
            {
                fsync_path(object->file.path(), O_NONBLOCK);
            }
        });
    for (const auto &object : objects)
    {
        if (!name(object))
        {
            lost.push_back(object->key);
        }
    }
    return lost;
}

/// What was changed before, with its names, and the contents of these.
void LocalStore::make_durable_all(const std::vector<WaitingNames::ObjectPtr> &objects)
{
    std::set<std::string> keys;
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        if (!std::exchange(m_changed, false) && objects.empty())
        {
            if (!m_sync_failure.empty())
            {
                throw StoreError(m_sync_failure);
            }
            return;
        }
        keys.swap(m_changed_keys);
    }
    flush(
        [&]
        {
            for (const auto &object : objects)
            {
                fsync_path(object->file.path(), O_NONBLOCK);
            }
            sync_each(keys);
        });
}

bool LocalStore::name(const WaitingNames::ObjectPtr &object)
{
    const auto alone = lock(object->key);
    const bool is_as_before = !object->before || stamp_of_named(object->key) == object->before;
    try
    {
        if (is_as_before)
        {
            rename_over(object->file, object->key);
        }
    }
    catch (...)
    {
        m_waiting.done(object);
        throw;
    }
    m_waiting.done(object);
    return is_as_before;
}

/// The whole file system at once, or `each`.
void LocalStore::flush(const std::function<void()> &each)
{
    if (!m_sync_failure.empty())
    {
        throw StoreError(m_sync_failure);
    }
    try
    {
        if (m_durability == Durability::EachFile)
        {
            each();
        }
        else if (syncfs(m_root_fd) != 0)
        {
            throw StoreError(m_root, "cannot make durable: " + cause_of(errno) + remedy_of(errno));
        }
    }
    catch (const StoreError &error)
    {
        m_sync_failure = error.what();
        throw;
    }
}

void LocalStore::sync_each(const std::set<std::string> &keys)
{
    std::set<std::string> folders = {m_root};
    for (const std::string &key : keys)
    {
        fsync_path(path(key), O_NONBLOCK);
        for (std::string folder = parent_of(key); !folder.empty(); folder = parent_of(folder))
        {
            folders.insert(path(folder));
        }
    }
    for (const std::string &folder : folders)
    {
        fsync_path(folder, O_DIRECTORY);
    }
    if (!std::exchange(m_synced_above, true))
    {
        sync_above(m_root);
    }
}

} // namespace tiledir::store
