#include "driver/raster/open_tile.h"

#include "driver/raster/tile_drivers.h"
#include "driver/store/network_path.h"
#include "stac/error.h"

namespace tiledir::raster
{

namespace
{

} // namespace

OpenTile::OpenTile(const store::Bytes &bytes, const std::string &path)
    : m_path(path)
    , m_no_side_files("GDAL_PAM_ENABLED", "NO", false)
    , m_strict_jpeg("GDAL_ERROR_ON_LIBJPEG_WARNING", "YES", false)
    , m_file(CPLGetExtension(path.c_str()), bytes.data(), bytes.size())
{
    const char *const siblings[] = {CPLGetFilename(m_file.name().c_str()), nullptr};
    const bool from_network = store::is_on_network(path);
    m_dataset.reset(GDALDataset::Open(m_file.name().c_str(), GDAL_OF_RASTER | GDAL_OF_INTERNAL,
                                      drivers_of_tile(bytes, from_network), nullptr, siblings));
    if (!m_dataset)
        throw TileError(path +
                        ": is not a readable raster: " + m_errors.cause(reason_of_unopened_tile(bytes, from_network)));
}

void OpenTile::check(CPLErr status) const
{
    if (status != CE_None || m_errors.failed())
        throw TileError(m_path + ": corrupt: " + m_errors.cause("GDAL gives no reason"));
}

} // namespace tiledir::raster
