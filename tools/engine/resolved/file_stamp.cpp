#include "tools/engine/resolved/file_stamp.h"

#include "driver/store/gdal_errors.h"
#include "driver/store/network_path.h"

#include <cpl_string.h>
#include <fmt/format.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace tiledir::engine
{
namespace
{

std::string time_text(std::int64_t seconds, long nanoseconds)
{
    return fmt::format("{}.{:09}", seconds, nanoseconds);
}

/// An ETag without its quotes, as a listing has it.
std::string without_quotes(const char *etag)
{
    std::string text = etag == nullptr ? "" : etag;
    text.erase(std::remove(text.begin(), text.end(), '"'), text.end());
    return text;
}

/// One request, whose answer GDAL keeps: looking at the object and opening it costs no other.
std::string etag_of(const std::string &path)
{
    const CPLStringList headers(VSIGetFileMetadata(path.c_str(), "HEADERS", nullptr));
    return without_quotes(headers.FetchNameValue("ETag"));
}

std::string inode_of(const std::string &path, const VSIStatBufL &stat)
{
    struct statfs system = {};
    if (::statfs(path.c_str(), &system) != 0)
    {
        return "";
    }
    std::array<std::uint32_t, 2> id{};
    static_assert(sizeof id == sizeof system.f_fsid);
    std::memcpy(id.data(), &system.f_fsid, sizeof id);
    return fmt::format("{:08x}{:08x}:{}", id[0], id[1], stat.st_ino);
}

} // namespace

bool is_same_state(const FileStamp &one, const FileStamp &other)
{
    if (one.size != other.size)
    {
        return false;
    }
    const auto is_strong = [](const std::string &etag) { return etag.rfind("W/", 0) != 0; };
    if (!one.etag.empty() && !other.etag.empty())
    {
        if (one.etag != other.etag || is_strong(one.etag))
        {
            return one.etag == other.etag;
        }
    }
    const auto system = one.inode.find(':');
    const bool is_one_system =
        system != std::string::npos && other.inode.compare(0, system + 1, one.inode, 0, system + 1) == 0;
    return one.time == other.time && (!is_one_system || one.inode == other.inode);
}

FileStamp stamp_of(const std::string &path)
{
    const store::GdalErrors errors;
    FileStamp stamp;
    if (store::is_on_network(path))
    {
        stamp.etag = etag_of(path);
    }
    VSIStatBufL stat;
    if (VSIStatL(path.c_str(), &stat) != 0)
    {
        return {};
    }
    // Only of a local file is the whole structure filled in.
    const bool is_local = path.rfind("/vsi", 0) != 0;
    stamp.size = static_cast<std::int64_t>(stat.st_size);
    stamp.time = time_text(stat.st_mtime, is_local ? stat.st_mtim.tv_nsec : 0);
    if (is_local)
    {
        stamp.inode = inode_of(path, stat);
    }
    return stamp;
}

FileStamp stamp_of(const VSIDIREntry &entry)
{
    return {static_cast<std::int64_t>(entry.nSize), time_text(entry.nMTime, 0),
            without_quotes(CSLFetchNameValue(entry.papszExtra, "ETag")), ""};
}

} // namespace tiledir::engine
