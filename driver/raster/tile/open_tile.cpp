#include "driver/raster/tile/open_tile.h"

#include "driver/raster/tile/tile_drivers.h"
#include "driver/store/network_path.h"
#include "stac/error.h"

#include <algorithm>
#include <cstdint>
#include <string>

namespace tiledir::raster
{

namespace
{

/// A number of `size` bytes at `at`; 0 where the content ends before.
std::uint64_t number_at(const store::Bytes &bytes, std::uint64_t at, std::size_t size, bool big_endian)
{
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < size && at < bytes.size() && size <= bytes.size() - at; ++i)
    {
        number = number << 8 | bytes[at + (big_endian ? i : size - 1 - i)];
    }
    return number;
}

/// TIFF and BigTIFF: no directory follows the first one.
bool is_tiff_of_one_directory(const store::Bytes &bytes)
{
    const bool big_endian = !bytes.empty() && bytes[0] == 'M';
    if (bytes.size() < 16 || bytes[0] != bytes[1] || (bytes[0] != 'I' && bytes[0] != 'M'))
    {
        return false;
    }
    constexpr std::uint64_t kTiff = 42;
    constexpr std::uint64_t kBigTiff = 43;
    const std::uint64_t version = number_at(bytes, 2, 2, big_endian);
    if (version != kTiff && version != kBigTiff)
    {
        return false;
    }
    const bool big = version == kBigTiff;
    const std::uint64_t first = number_at(bytes, big ? 8 : 4, big ? 8 : 4, big_endian);
    const std::uint64_t entries = number_at(bytes, first, big ? 8 : 2, big_endian);
    const std::uint64_t next = first + (big ? 8 : 2) + entries * (big ? 20 : 12);
    const std::size_t size = big ? 8 : 4;
    return entries > 0 && entries < bytes.size() && next + size <= bytes.size() &&
           number_at(bytes, next, size, big_endian) == 0;
}

/// Without a query after it.
std::string extension_of(const std::string &path)
{
    return CPLGetExtension(path.substr(0, path.find('?', path.rfind('/') + 1)).c_str());
}

} // namespace

OpenTile::OpenTile(const store::Bytes &bytes, const std::string &path)
    : m_path(path)
    , m_no_side_files("GDAL_PAM_ENABLED", "NO", false)
    , m_strict_jpeg("GDAL_ERROR_ON_LIBJPEG_WARNING", "YES", false)
    , m_file(extension_of(path), bytes.data(), bytes.size())
    , m_may_have_mask(!is_tiff_of_one_directory(bytes))
{
    const char *const siblings[] = {CPLGetFilename(m_file.name().c_str()), nullptr};
    const bool from_network = store::is_on_network(path);
    m_dataset.reset(GDALDataset::Open(m_file.name().c_str(), GDAL_OF_RASTER | GDAL_OF_INTERNAL,
                                      drivers_of_tile(bytes, from_network), nullptr, siblings));
    if (!m_dataset)
    {
        throw store::gdal_failure(path, "is not a readable raster: " +
                                            m_errors.cause(reason_of_unopened_tile(bytes, from_network)));
    }
    check_blocks();
}

/// What is read is allocated block by block, whatever few bytes there are.
void OpenTile::check_blocks() const
{
    constexpr double kUsual = 2048.0 * 2048; // pixels, of files that are smaller than their blocks
    const double pixels = static_cast<double>(m_dataset->GetRasterXSize()) * m_dataset->GetRasterYSize();
    for (int number = 1; number <= bands(); ++number)
    {
        int width = 0;
        int height = 0;
        band(number).GetBlockSize(&width, &height);
        if (static_cast<double>(width) * height > 4 * std::max(pixels, kUsual))
        {
            throw TileError(m_path, "corrupt: its blocks are " + std::to_string(width) + " x " +
                                        std::to_string(height) + " pixels, all of it " +
                                        std::to_string(m_dataset->GetRasterXSize()) + " x " +
                                        std::to_string(m_dataset->GetRasterYSize()));
        }
    }
}

void OpenTile::check(CPLErr status) const
{
    if (status != CE_None || m_errors.failed())
    {
        throw store::gdal_failure(m_path, "corrupt: " + m_errors.cause("GDAL gives no reason"));
    }
}

} // namespace tiledir::raster
