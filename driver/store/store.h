// Tiles and documents as objects: read, write whole, delete, list. Local disks, /vsis3/ and any other /vsi path.
#pragma once

#include "stac/error.h"

#include <cstdint>
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

/// One folder of objects, named by keys: relative paths with '/' between the parts, no leading '/'.
/// All functions may be called from many threads at once. All throw StoreError (disk full, no permission, endpoint
/// down: the store is at fault) or TileError (this object alone is), both naming the full path and the cause.
class Store
{
public:
    virtual ~Store() = default;

    /// Path of an object as GDAL opens it.
    virtual std::string path(const std::string &key) const = 0;

    /// The whole content; nullopt where the object is absent (ENOENT, 404).
    virtual std::optional<Bytes> read(const std::string &key) const = 0;

    /// Writes the object whole: a reader sees the old content or the new one, never a part. Makes folders.
    /// Durable only after sync().
    virtual void write(const std::string &key, const void *data, std::size_t size) = 0;

    /// Deletes; false where it was absent already.
    virtual bool remove(const std::string &key) = 0;

    /// State of the object; nullopt where it is absent.
    virtual std::optional<Stamp> stamp(const std::string &key) const = 0;

    /// Names of the objects right below a folder ("" is the root), sorted; empty where there is no such folder.
    virtual std::vector<std::string> list(const std::string &folder) const = 0;

    /// Deletes temporary files of writers that died.
    virtual void remove_leftovers() {}

    /// Returns when all that this process wrote through this store before the call survives a power cut.
    virtual void sync() = 0;

    void write(const std::string &key, const std::string &text) { write(key, text.data(), text.size()); }
    std::optional<std::string> read_text(const std::string &key) const;
};

/// Store over a folder: local paths use the local file system, /vsi paths GDAL's. Makes nothing yet.
/// Local temporary files go to `root/.tiledir/tmp`.
std::unique_ptr<Store> open_store(const std::string &root);

} // namespace tiledir::store
