// Tells whether an input file is still the one that was read.
#pragma once

#include <cpl_vsi.h>

#include <cstdint>
#include <string>

namespace tiledir::engine
{

/// Tells one state of a file from another.
struct FileStamp
{
    std::int64_t size = -1; ///< bytes; -1 where it is not known
    std::string time;       ///< seconds since 1970, to the nanosecond where the file system tells
    std::string etag;       ///< without quotes; empty: there is none, or an earlier release has not asked for it
    std::string inode;      ///< `FILESYSTEM:NUMBER` of a local file; empty as above
};

/// True where both are one state of the file, as far as they tell. The ETag counts before the time; inodes count on one
/// file system only, so that a copy elsewhere with its size and time is the same.
bool is_same_state(const FileStamp &one, const FileStamp &other);

/// Of a file that is there now; of one that cannot be looked at the size is -1. At most one request over a network.
FileStamp stamp_of(const std::string &path);
/// Of an object in a listing that tells sizes and times.
FileStamp stamp_of(const VSIDIREntry &entry);

} // namespace tiledir::engine
