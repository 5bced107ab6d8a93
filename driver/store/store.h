// Tiles and documents as objects: read, write whole, delete, list. Local disks, /vsis3/ and any other /vsi path.
#pragma once

#include "driver/store/network_path.h"
#include "stac/error.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::store
{

using Bytes = std::vector<unsigned char>;

/// Tells one state of an object from another: ETag, or inode, size and nanosecond time. Opaque.
struct Stamp
{
    std::string text;
    bool operator==(const Stamp &other) const { return text == other.text; }
    bool operator!=(const Stamp &other) const { return text != other.text; }
};

/// An object's content, and the stamp of just that content.
struct StampedObject
{
    Bytes bytes;
    Stamp stamp;
};

/// Keeps others out of a key while it lives. The thread that took it lets it go, unless it is for life.
class KeyLock
{
public:
    KeyLock() = default;
    virtual ~KeyLock() = default;
    KeyLock(const KeyLock &) = delete;
    KeyLock &operator=(const KeyLock &) = delete;
};

/// What a tile is written over, and what keeps a request that comes late, after its answer was lost, from replacing a
/// newer one.
enum class Replacing
{
    Nothing, ///< as far as is known, and what does lie there is replaced: nothing newer, as write()
    Blindly, ///< whatever lies there, by one request: a late one replaces what is newer
    Looking  ///< whatever lies there, which a second request looks at before: nothing newer, as write()
};

using Seconds = std::chrono::duration<double>;

/// One folder of objects, named by keys: relative paths with '/' between the parts, no leading '/'.
/// All functions may be called from many threads at once. All throw StoreError (disk full, no permission, endpoint
/// down: the store is at fault) or TileError (this object alone is), both naming the full path and the cause.
class Store
{
public:
    virtual ~Store() = default;

    /// Path of an object as GDAL opens it.
    virtual std::string path(const std::string &key) const = 0;

    /// Does each call wait for a server? See is_on_network().
    bool is_remote() const { return is_on_network(path("")); }

    /// The whole content; nullopt where the object is absent (ENOENT, 404).
    virtual std::optional<Bytes> read(const std::string &key) const = 0;

    /// read() and stamp() of one moment.
    virtual std::optional<StampedObject> read_stamped(const std::string &key) const = 0;

    /// Writes the object whole: a reader sees the old content or the new one, never a part. Makes folders.
    /// Durable only after sync(). Where it replaces an object of a local disk that is done, under the key's lock(), by
    /// the next sync(), once the new content is durable: a power cut leaves the old one or the new one. Until then this
    /// store sees the new one, others see the old one. On S3 with conditional PUT a request that comes late, after its
    /// answer was lost and it was made again, replaces nothing newer; nor does one of remove(), where the object was
    /// written, read or looked at before.
    virtual void write(const std::string &key, const void *data, std::size_t size) = 0;

    /// write() of one of very many objects, of which nothing is kept in mind.
    virtual void write_tile(const std::string &key, const void *data, std::size_t size, Replacing)
    {
        write(key, data, size);
    }

    /// For what is believed for its name: a word about tiles, a recipe. On a local disk it has its name after the next
    /// sync(), which gives it once the content and all that was written before are durable; the name is durable after
    /// the sync() after that. Until then this store alone sees it.
    virtual void write_at_sync(const std::string &key, const void *data, std::size_t size) { write(key, data, size); }

    /// As write_at_sync(), but at once, for what others are to see before anything else is written: one sync for it
    /// alone.
    virtual void write_at_once(const std::string &key, const void *data, std::size_t size) { write(key, data, size); }

    /// Writes the object whole if it is still as `before` tells (nullopt: absent); else false, and nothing is written.
    /// Of several who try at once from the same state one succeeds, on local disks that have locks and on S3 that has
    /// conditional PUT; elsewhere the state is looked at just before, and the last of those who try at once wins.
    /// Over a network, where an answer was lost, the same bytes in place count as one's own success.
    virtual bool write_if(const std::string &key, const void *data, std::size_t size,
                          const std::optional<Stamp> &before) = 0;

    /// Is write_if() one step of a server's? As far as it has told.
    virtual bool has_conditions() const { return false; }

    /// write_if() of many: on a local disk what replaces an object waits for publish(), so that one sync does for all.
    /// Until then this store sees the new content. False: it is not as `before` tells now.
    virtual bool stage_if(const std::string &key, const void *data, std::size_t size,
                          const std::optional<Stamp> &before)
    {
        return write_if(key, data, size, before);
    }

    /// Makes what was staged, and what write() has left to sync(), durable and then gives it its names, each under its
    /// lock(). Returns the keys of those that are not staged any more, as their objects are not as `before` told.
    /// Durable names only after sync().
    virtual std::vector<std::string> publish() { return {}; }

    /// Deletes; false where it was absent already, as far as the store tells: S3 does not.
    virtual bool remove(const std::string &key) = 0;

    /// Deletes in the manner of write_if(): true where the object is absent now and was as `before` tells.
    virtual bool remove_if(const std::string &key, const std::optional<Stamp> &before) = 0;

    /// State of the object; nullopt where it is absent.
    virtual std::optional<Stamp> stamp(const std::string &key) const = 0;

    /// How long ago the object was written, both times by the store's own clock; nullopt where it is absent.
    virtual std::optional<Seconds> age(const std::string &key) = 0;

    /// Waits until no other thread or process holds this key's lock; null where the store has none, and nothing keeps
    /// others out. Advisory: only write_if(), remove_if() and lock() heed it; a thread that holds it may call them for
    /// this key. No thread waits for a second lock.
    virtual std::unique_ptr<KeyLock> lock(const std::string &) { return nullptr; }

    /// Tells others that the caller lives, as long as the lock does: `id` is a random_id(). Null where the store has no
    /// locks. Any thread may let it go.
    virtual std::unique_ptr<KeyLock> lock_for_life(const std::string &) { return nullptr; }

    /// Does whoever has the lock_for_life() of this id live? Nullopt where locks do not tell.
    virtual std::optional<bool> lives(const std::string &) const { return std::nullopt; }

    /// Names of the objects right below a folder ("" is the root), sorted; empty where there is no such folder.
    virtual std::vector<std::string> list(const std::string &folder) const = 0;

    /// Throws StoreError where it is known, without writing, that nothing can be written.
    virtual void check_writable() const {}

    /// Deletes temporary files of writers that died.
    virtual void remove_leftovers() {}

    /// Returns when all that this process wrote through this store before the call survives a power cut, but for the
    /// names of what was written by write_at_sync(). Throws StoreError, and from then on always: what the system has
    /// lost it does not tell twice.
    virtual void sync() = 0;

    void write(const std::string &key, const std::string &text) { write(key, text.data(), text.size()); }
    void write_at_sync(const std::string &key, const std::string &text)
    {
        write_at_sync(key, text.data(), text.size());
    }
    void write_at_once(const std::string &key, const std::string &text)
    {
        write_at_once(key, text.data(), text.size());
    }
    bool write_if(const std::string &key, const std::string &text, const std::optional<Stamp> &before)
    {
        return write_if(key, text.data(), text.size(), before);
    }
    std::optional<std::string> read_text(const std::string &key) const;
};

} // namespace tiledir::store
