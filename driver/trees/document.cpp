#include "driver/trees/document.h"

#include "driver/store/network_path.h"
#include "driver/store/opening/object_reader.h"
#include "stac/error.h"
#include "stac/json/json_document.h"

#include <cpl_conv.h>
#include <cpl_vsi.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace tiledir::driver
{

namespace
{

/// Of a file on a disk; nullopt where there is none.
std::optional<std::uint64_t> size_of(const std::string &path)
{
    VSIStatBufL status;
    if (VSIStatExL(path.c_str(), &status, VSI_STAT_EXISTS_FLAG | VSI_STAT_NATURE_FLAG | VSI_STAT_SIZE_FLAG) != 0 ||
        VSI_ISDIR(status.st_mode))
    {
        return std::nullopt;
    }
    return static_cast<std::uint64_t>(status.st_size);
}

/// The text of a document that may be compressed or in UTF-16.
std::string plain_text(std::string text, const std::string &path)
{
    if (is_compressed(text))
    {
        std::string plain(stac::kMaxJsonSize + 1, '\0');
        std::size_t size = 0;
        if (CPLZLibInflate(text.data(), text.size(), plain.data(), plain.size(), &size) == nullptr ||
            size > stac::kMaxJsonSize)
        {
            throw InputError(path, "is compressed, and corrupt or larger than " +
                                       std::to_string(stac::kMaxJsonSize >> 20) + " MiB");
        }
        plain.resize(size);
        text = std::move(plain);
    }
    return stac::begins_like_utf16(text) ? stac::json_text(text) : text;
}

} // namespace

bool is_compressed(const std::string &first_bytes)
{
    return first_bytes.compare(0, 2, "\x1F\x8B") == 0;
}

bool document_exists(const std::string &path)
{
    return store::is_remote(path) ? read_document(path).has_value() : size_of(path).has_value();
}

bool side_file_exists(const std::string &path)
{
    try
    {
        return document_exists(path);
    }
    catch (const Error &)
    {
        return false;
    }
}

std::optional<std::string> read_document(const std::string &path)
{
    if (!store::is_remote(path))
    {
        const auto size = size_of(path);
        if (!size)
        {
            return std::nullopt;
        }
        if (*size > stac::kMaxJsonSize)
        {
            throw InputError(path, "is larger than " + std::to_string(stac::kMaxJsonSize >> 20) + " MiB");
        }
    }
    const std::string folder = store::folder_of_path(path);
    store::ReadSettings settings;
    settings.max_bytes = stac::kMaxJsonSize;
    auto text =
        store::open_object_reader(folder.empty() ? "." : folder, settings)->read_text(CPLGetFilename(path.c_str()));
    return text ? std::optional(plain_text(*std::move(text), path)) : std::nullopt;
}

} // namespace tiledir::driver
