#include "driver/store/network/vsi_store.h"

#include "driver/store/gdal_errors.h"
#include "driver/store/network/folder_entries.h"
#include "driver/store/network_path.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <cpl_vsi_error.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <system_error>

namespace tiledir::store
{

namespace
{

constexpr int kMostReads = 10; ///< of an object that changes meanwhile

struct CloseFile
{
    void operator()(VSILFILE *file) const { VSIFCloseL(file); }
};
using File = std::unique_ptr<VSILFILE, CloseFile>;

/// GDAL's words for the last thing that went wrong, wherever it left them.
std::string cause(const GdalErrors &errors, int error)
{
    if (VSIGetLastErrorNo() != VSIE_None)
    {
        return VSIGetLastErrorMsg();
    }
    return errors.cause(error != 0 ? std::generic_category().message(error) : "GDAL gives no reason");
}

bool is_fault_of_network_store(int error)
{
    const VSIErrorNum number = VSIGetLastErrorNo();
    return number == VSIE_AWSAccessDenied || number == VSIE_AWSBucketNotFound || number == VSIE_AWSInvalidCredentials ||
           number == VSIE_AWSSignatureDoesNotMatch || error == ENOSPC || error == EDQUOT || error == EROFS ||
           error == EACCES;
}

[[noreturn]] void throw_error(const std::string &path, const char *verb, const GdalErrors &errors, int error)
{
    TileError failure = gdal_failure(path, std::string("cannot ") + verb + ": " + cause(errors, error));
    if (is_fault_of_network_store(error))
    {
        throw StoreError(failure);
    }
    throw failure;
}

void forget_errors()
{
    VSIErrorReset();
    errno = 0;
}

/// GDAL 3.13 puts the status line before the first header's name.
std::optional<std::string> etag_of(const CPLStringList &headers)
{
    constexpr const char *kName = "ETag=";
    for (int index = 0; index < headers.size(); ++index)
    {
        const char *line = std::strrchr(headers[index], '\n');
        const char *header = line == nullptr ? headers[index] : line + 1;
        if (STARTS_WITH_CI(header, kName))
        {
            return header + std::strlen(kName);
        }
    }
    return std::nullopt;
}

File open_as_known(const std::string &path)
{
    static const char *const kOptions[] = {"DISABLE_READDIR_ON_OPEN=YES", nullptr};
    forget_errors();
    return File(VSIFOpenEx2L(path.c_str(), "rb", TRUE, kOptions));
}

/// As it is now, whatever GDAL remembers. Where GDAL 3.13 has a listing in which the file is not, it does not ask, and
/// gives no error.
File open_for_reading(const std::string &path, bool on_network)
{
    if (on_network)
    {
        VSICurlPartialClearCache(path.c_str());
    }
    File file = open_as_known(path);
    if (!file && on_network && VSIGetLastErrorNo() == VSIE_None)
    {
        VSICurlPartialClearCache(path.substr(0, path.find_last_of('/')).c_str());
        file = open_as_known(path);
    }
    return file;
}

} // namespace

VsiStore::VsiStore(const std::string &root)
    : m_root(root)
    , m_network(!VSIIsLocal(root.c_str()))
{
    while (m_root.size() > 1 && m_root.back() == '/')
    {
        m_root.pop_back();
    }
}

std::string VsiStore::path(const std::string &key) const
{
    return m_root + '/' + key;
}

/// After a failed open. Unsure is not absent.
bool VsiStore::is_absent(const std::string &full_path, int error) const
{
    if (m_network)
    {
        return is_absent_on_network(full_path);
    }
    if (error == ENOENT)
    {
        return true;
    }
    VSIStatBufL status;
    if (VSIStatExL(full_path.c_str(), &status, VSI_STAT_EXISTS_FLAG) == 0)
    {
        return false;
    }
    // Archives say nothing about a member that they lack: they must be readable then.
    return VSIStatExL(m_root.c_str(), &status, VSI_STAT_EXISTS_FLAG) == 0;
}

/// GDAL looks for a store's own word in the answers of S3 and Alibaba alone.
bool VsiStore::is_absent_on_network(const std::string &full_path) const
{
    const VSIErrorNum number = VSIGetLastErrorNo();
    const bool not_found =
        number == VSIE_HttpError && std::strncmp(VSIGetLastErrorMsg(), "HTTP response code: 404", 23) == 0;
    if (!not_found || !is_object_store(m_root))
    {
        return not_found || number == VSIE_AWSObjectNotFound;
    }
    if (STARTS_WITH(m_root.c_str(), "/vsis3/") || STARTS_WITH(m_root.c_str(), "/vsioss/"))
    {
        return false;
    }
    if (is_listed(full_path))
    {
        throw TileError(full_path, "cannot read: HTTP 404, though the store's listing tells of it");
    }
    return true;
}

HttpObjects *VsiStore::http() const
{
    if (m_network)
    {
        std::call_once(m_http_asked, [this] { m_http = HttpObjects::open(m_root); });
    }
    return m_http.get();
}

HttpObjects *VsiStore::http_to_write() const
{
    HttpObjects *const objects = http();
    return objects != nullptr && objects->can_write() ? objects : nullptr;
}

std::optional<Bytes> VsiStore::read(const std::string &key) const
{
    if (http() == nullptr)
    {
        return read_by_gdal(key);
    }
    auto object = http()->read(key);
    return object ? std::optional(std::move(object->bytes)) : std::nullopt;
}

std::optional<StampedObject> VsiStore::read_stamped(const std::string &key) const
{
    if (http() != nullptr)
    {
        return http()->read(key);
    }
    for (int attempt = 1;; ++attempt)
    {
        const auto before = stamp_by_gdal(key);
        auto bytes = before ? read_by_gdal(key) : std::nullopt;
        if (!bytes)
        {
            return std::nullopt;
        }
        if (stamp_by_gdal(key) == before)
        {
            return StampedObject{*std::move(bytes), *before};
        }
        if (attempt == kMostReads)
        {
            throw TileError(path(key), "cannot read: it changes all the time");
        }
    }
}

std::optional<Bytes> VsiStore::read_by_gdal(const std::string &key) const
{
    const std::string full_path = path(key);
    const GdalErrors errors;
    const File file = open_for_reading(full_path, m_network);
    if (!file)
    {
        const int error = errno;
        if (is_absent(full_path, error))
        {
            return std::nullopt;
        }
        throw_error(full_path, "read", errors, error);
    }
    forget_errors();
    if (VSIFSeekL(file.get(), 0, SEEK_END) != 0)
    {
        throw_error(full_path, "read", errors, errno);
    }
    Bytes bytes(static_cast<std::size_t>(VSIFTellL(file.get())));
    VSIRewindL(file.get());
    if (VSIFReadL(bytes.data(), 1, bytes.size(), file.get()) != bytes.size())
    {
        throw_error(full_path, "read", errors, errno);
    }
    return bytes;
}

void VsiStore::write(const std::string &key, const void *data, std::size_t size)
{
    if (HttpObjects *const objects = http_to_write())
    {
        objects->write(key, {static_cast<const char *>(data), size});
    }
    else
    {
        write_by_gdal(key, data, size);
    }
}

void VsiStore::write_tile(const std::string &key, const void *data, std::size_t size, Replacing replacing)
{
    if (HttpObjects *const objects = http_to_write())
    {
        objects->write_tile(key, {static_cast<const char *>(data), size}, replacing);
    }
    else
    {
        write_by_gdal(key, data, size);
    }
}

bool VsiStore::write_if(const std::string &key, const void *data, std::size_t size, const std::optional<Stamp> &before)
{
    if (HttpObjects *const objects = http_to_write())
    {
        return objects->write_if(key, {static_cast<const char *>(data), size}, before);
    }
    if (stamp(key) != before)
    {
        return false;
    }
    write_by_gdal(key, data, size);
    return true;
}

bool VsiStore::has_conditions() const
{
    const HttpObjects *const objects = http_to_write();
    return objects != nullptr && objects->has_conditions();
}

void VsiStore::write_by_gdal(const std::string &key, const void *data, std::size_t size) const
{
    const std::string full_path = path(key);
    const GdalErrors errors;
    forget_errors();
    if (m_root.rfind("/vsimem", 0) == 0)
    {
        VSIMkdirRecursive(folder_of_path(full_path).c_str(), 0755); // GDAL lists no folder that was not made
        // Exchanges the file in one step, where "wb" would empty it first.
        auto *copy = static_cast<GByte *>(VSI_MALLOC_VERBOSE(std::max<std::size_t>(size, 1)));
        if (copy == nullptr)
        {
            throw_error(full_path, "write", errors, ENOMEM);
        }
        std::memcpy(copy, data, size);
        const File file(VSIFileFromMemBuffer(full_path.c_str(), copy, size, TRUE));
        if (!file)
        {
            throw_error(full_path, "write", errors, errno);
        }
        return;
    }
    File file(VSIFOpenExL(full_path.c_str(), "wb", TRUE));
    if (!file)
    {
        throw StoreError(full_path, "cannot write: " + cause(errors, errno));
    }
    const bool written = VSIFWriteL(data, 1, size, file.get()) == size;
    const int error = errno;
    if (VSIFCloseL(file.release()) != 0 || !written || errors.failed())
    {
        throw_error(full_path, "write", errors, written ? errno : error);
    }
    forget_on_network(key);
}

void VsiStore::forget_on_network(const std::string &key) const
{
    if (m_network)
    {
        forget(network_place(m_root), m_root, key);
    }
}

bool VsiStore::remove(const std::string &key)
{
    if (HttpObjects *const objects = http_to_write())
    {
        objects->remove(key);
        return true;
    }
    if (!stamp(key))
    {
        return false;
    }
    const std::string full_path = path(key);
    const GdalErrors errors;
    forget_errors();
    if (VSIUnlink(full_path.c_str()) != 0)
    {
        throw_error(full_path, "delete", errors, errno);
    }
    forget_on_network(key);
    return true;
}

bool VsiStore::remove_if(const std::string &key, const std::optional<Stamp> &before)
{
    if (HttpObjects *const objects = http_to_write())
    {
        return objects->remove_if(key, before);
    }
    return stamp(key) == before && (!before || remove(key));
}

std::optional<Stamp> VsiStore::stamp(const std::string &key) const
{
    if (http() == nullptr)
    {
        return stamp_by_gdal(key);
    }
    auto state = http()->state(key);
    return state ? std::optional(std::move(state->stamp)) : std::nullopt;
}

std::optional<Seconds> VsiStore::age(const std::string &key)
{
    if (http() != nullptr)
    {
        const auto state = http()->state(key);
        return state ? std::optional(state->age) : std::nullopt;
    }
    if (!stamp_by_gdal(key))
    {
        return std::nullopt;
    }
    const GdalErrors errors;
    forget_errors();
    VSIStatBufL status = {};
    if (VSIStatExL(path(key).c_str(), &status, VSI_STAT_SIZE_FLAG | VSI_STAT_SET_ERROR_FLAG) != 0)
    {
        throw_error(path(key), "read", errors, errno);
    }
    return Seconds(std::max(0.0, std::difftime(std::time(nullptr), status.st_mtime)));
}

std::optional<Stamp> VsiStore::stamp_by_gdal(const std::string &key) const
{
    const std::string full_path = path(key);
    const GdalErrors errors;
    if (!open_for_reading(full_path, m_network))
    {
        const int error = errno;
        if (is_absent(full_path, error))
        {
            return std::nullopt;
        }
        throw_error(full_path, "read", errors, error);
    }
    if (m_network)
    {
        const CPLStringList headers(VSIGetFileMetadata(full_path.c_str(), "HEADERS", nullptr));
        if (auto etag = etag_of(headers))
        {
            return Stamp{*std::move(etag)};
        }
    }
    VSIStatBufL status = {};
    if (VSIStatExL(full_path.c_str(), &status, VSI_STAT_SIZE_FLAG | VSI_STAT_SET_ERROR_FLAG) != 0)
    {
        throw_error(full_path, "read", errors, errno);
    }
    return Stamp{std::to_string(status.st_size) + '-' + std::to_string(status.st_mtime)};
}

std::vector<std::string> VsiStore::list(const std::string &folder) const
{
    std::vector<std::string> names;
    for_each_entry(folder.empty() ? m_root : path(folder), Depth::Folder, false,
                   [&names](const VSIDIREntry &entry)
                   {
                       if (!VSI_ISDIR(entry.nMode))
                       {
                           names.emplace_back(entry.pszName);
                       }
                       return true;
                   });
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace tiledir::store
