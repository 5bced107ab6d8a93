// Objects as a dataset reads them: many at once where asking takes long, and what was just asked for not again.
#pragma once

#include "driver/store/store.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tiledir::store
{

struct ReadSettings
{
    std::set<long> absent_status; ///< HTTP statuses that mean absent, beside a store's or server's own 404
    std::size_t max_bytes = std::size_t{1} << 30; ///< over a network, a larger object is a failure
};

/// State of an object, without its content.
struct ObjectState
{
    std::optional<Stamp> stamp; ///< nullopt: it is absent
};

/// An object, or its absence.
struct ReadObject
{
    std::optional<Stamp> stamp;         ///< nullopt: it is absent
    std::shared_ptr<const Bytes> bytes; ///< null where it is absent
};

/// Reads objects of one folder, by keys as a Store has them. All functions may be called from many threads at once.
/// Errors are those of Store::read(); what a network's failure may pass is tried again first.
class ObjectReader
{
public:
    virtual ~ObjectReader() = default;

    /// Path of an object as GDAL opens it.
    virtual std::string path(const std::string &key) const = 0;

    /// Does asking take so long that many objects should be asked for at once?
    virtual bool is_remote() const = 0;

    /// What can be told without a request; nullopt: nothing.
    virtual std::optional<ObjectState> known(const std::string &key) const = 0;

    using Done = std::function<void(std::size_t index, const ReadObject &object)>;
    /// Reads all these objects and calls `done` for each, in this thread, in any order. The first failure, of an object
    /// or of `done`, ends it and is thrown.
    virtual void read(const std::vector<std::string> &keys, const Done &done) const = 0;

    /// Reads one object.
    ReadObject read(const std::string &key) const;
    std::optional<std::string> read_text(const std::string &key) const;
};

/// Does a look at a path need a request?
bool is_remote(const std::string &path);

/// GDAL has just read an object whole, over a network: the first time that this is said of the path it counts as asked
/// for now. GDAL keeps what it reads as long as the process lives, so that it says nothing new later.
void note_read_by_gdal(const std::string &path, const void *data, std::size_t size);

/// Local disks are looked at each time. Over a network, what the process asked for less than TILEDIR_NETWORK_FRESH
/// seconds (10) before this reader was opened is not asked for again, absences included; older content is asked for
/// with its ETag. HTTP is spoken with the object's server itself (object_url()); where that cannot be, GDAL reads.
std::unique_ptr<ObjectReader> open_object_reader(const std::string &root, const ReadSettings &settings = {});

} // namespace tiledir::store
