#include "driver/raster/open_tile.h"

#include "stac/error.h"

#include <string_view>

namespace tiledir::raster
{

namespace
{

/// The drivers worth asking, by the first bytes; null: all.
const char *const *drivers_of(const store::Bytes &bytes)
{
    struct Signature
    {
        std::string_view first_bytes;
        const char *drivers[2];
    };
    static const Signature kSignatures[] = {
        {{"II*\0", 4}, {"GTiff", nullptr}}, {{"MM\0*", 4}, {"GTiff", nullptr}},
        {{"II+\0", 4}, {"GTiff", nullptr}}, {{"MM\0+", 4}, {"GTiff", nullptr}},
        {{"\x89PNG", 4}, {"PNG", nullptr}}, {{"\xff\xd8\xff", 3}, {"JPEG", nullptr}},
        {{"RIFF", 4}, {"WEBP", nullptr}}};
    const std::string_view content(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    for (const Signature &signature : kSignatures)
        if (content.substr(0, signature.first_bytes.size()) == signature.first_bytes &&
            GetGDALDriverManager()->GetDriverByName(signature.drivers[0]) != nullptr)
            return signature.drivers;
    return nullptr;
}

std::string unknown_content(const store::Bytes &bytes)
{
    return bytes.empty() ? "the file is empty" : "its content is of no format that GDAL knows";
}

} // namespace

OpenTile::OpenTile(const store::Bytes &bytes, const std::string &path)
    : m_path(path)
    , m_no_side_files("GDAL_PAM_ENABLED", "NO", false)
    , m_strict_jpeg("GDAL_ERROR_ON_LIBJPEG_WARNING", "YES", false)
    , m_file(CPLGetExtension(path.c_str()), bytes.data(), bytes.size())
{
    const char *const siblings[] = {CPLGetFilename(m_file.name().c_str()), nullptr};
    m_dataset.reset(GDALDataset::Open(m_file.name().c_str(), GDAL_OF_RASTER | GDAL_OF_INTERNAL, drivers_of(bytes),
                                      nullptr, siblings));
    if (!m_dataset)
        throw TileError(path + ": is not a readable raster: " + m_errors.cause(unknown_content(bytes)));
}

void OpenTile::check(CPLErr status) const
{
    if (status != CE_None || m_errors.failed())
        throw TileError(m_path + ": corrupt: " + m_errors.cause("GDAL gives no reason"));
}

} // namespace tiledir::raster
