#include "driver/tile_reader.h"

#include "driver/raster/tile_cache.h"
#include "driver/raster/tile_codec.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tiledir::driver
{

namespace
{

/// GDAL's path of an href: URLs go through its virtual file systems.
std::string gdal_path(const std::string &href, const std::string &item_folder)
{
    static const std::array<std::pair<const char *, const char *>, 5> kSchemes{{{"http://", "/vsicurl/http://"},
                                                                                {"https://", "/vsicurl/https://"},
                                                                                {"s3://", "/vsis3/"},
                                                                                {"gs://", "/vsigs/"},
                                                                                {"file://", ""}}};
    for (const auto &[scheme, prefix] : kSchemes)
    {
        const std::string start = scheme;
        if (href.compare(0, start.size(), start) == 0)
        {
            return prefix + href.substr(start.size());
        }
    }
    if (href.compare(0, 1, "/") == 0)
    {
        return href;
    }
    return item_folder + "/" + (href.compare(0, 2, "./") == 0 ? href.substr(2) : href);
}

/// Where the part of a template that is the same for all tiles ends: after the last slash before a parameter.
std::size_t folder_size(const std::string &path)
{
    const auto slash = path.rfind('/', path.find('{'));
    return slash == std::string::npos ? 0 : slash + 1;
}

std::string folder_of(const std::string &path)
{
    const auto size = folder_size(path);
    return size == 0 ? "." : path.substr(0, size == 1 ? 1 : size - 1);
}

GDALDataType common_type(const std::vector<BandPixels> &bands)
{
    GDALDataType type = bands.front().type;
    for (const BandPixels &band : bands)
    {
        type = GDALDataTypeUnion(type, band.type);
    }
    return type;
}

/// The part of a tile that a window shows.
struct Overlap
{
    int from_col;
    int from_row;
    int width;
    int height;
    std::int64_t to_col;
    std::int64_t to_row;
};

Overlap overlap_of(const stac::PixelWindow &tile, const stac::PixelWindow &window)
{
    const std::int64_t left = std::max(tile.col, window.col);
    const std::int64_t top = std::max(tile.row, window.row);
    const std::int64_t right = std::min(tile.col + tile.width, window.col + window.width);
    const std::int64_t bottom = std::min(tile.row + tile.height, window.row + window.height);
    return {static_cast<int>(left - tile.col),
            static_cast<int>(top - tile.row),
            static_cast<int>(right - left),
            static_cast<int>(bottom - top),
            left - window.col,
            top - window.row};
}

/// One value as a band of its type holds it.
using Value = std::array<unsigned char, 16>;

Value nodata_of(const BandPixels &band)
{
    alignas(16) Value value{};
    const double number = band.nodata.value_or(0);
    GDALCopyWords(&number, GDT_Float64, 0, value.data(), band.type, 0, 1);
    return value;
}

} // namespace

TileSource::TileSource(const std::string &href, const std::string &item_folder, const std::string &tile_matrix_set)
    : m_folder(folder_of(gdal_path(href, item_folder)))
    , m_template(gdal_path(href, item_folder).substr(folder_size(gdal_path(href, item_folder))))
    , m_values{{"TileMatrixSet", tile_matrix_set}}
{
    m_template.expand("0", 0, 0, m_values);
}

TileReader::TileReader(TileSource source, stac::TileMatrixSet grid, std::map<std::string, stac::TileRange> limits,
                       std::vector<BandPixels> bands)
    : m_source(std::move(source))
    , m_store(store::open_store(m_source.folder()))
    , m_grid(std::move(grid))
    , m_limits(std::move(limits))
    , m_bands(std::move(bands))
    , m_type(common_type(m_bands))
{
}

std::string TileReader::tile_path(int matrix, std::int64_t row, std::int64_t col) const
{
    return m_store->path(m_source.key(m_grid.matrices[matrix].id, row, col));
}

bool TileReader::may_exist(int matrix, std::int64_t row, std::int64_t col) const
{
    const stac::TileMatrix &tile_matrix = m_grid.matrices[matrix];
    if (!tile_matrix.range().contains(row, col) || m_limits.empty())
    {
        return tile_matrix.range().contains(row, col);
    }
    const auto found = m_limits.find(tile_matrix.id);
    return found != m_limits.end() && found->second.contains(row, col);
}

std::shared_ptr<const raster::PixelBlock> TileReader::tile(int matrix, std::int64_t row, std::int64_t col) const
{
    const stac::TileMatrix &tile_matrix = m_grid.matrices[matrix];
    const std::string key = m_source.key(tile_matrix.id, row, col);
    const auto stamp = m_store->stamp(key);
    if (!stamp)
    {
        return nullptr;
    }
    const std::string path = m_store->path(key);
    const std::string cache_key = path + '\n' + stamp->text + '\n' + GDALGetDataTypeName(m_type) + '\n' +
                                  std::to_string(tile_matrix.tile_width) + 'x' +
                                  std::to_string(tile_matrix.tile_height);
    auto &cache = raster::TileCache::of_process();
    if (auto block = cache.find(cache_key))
    {
        return block;
    }
    const auto bytes = m_store->read(key);
    if (!bytes)
    {
        return nullptr;
    }
    auto block = std::make_shared<const raster::PixelBlock>(raster::decode_tile(
        *bytes, path, tile_matrix.tile_width, tile_matrix.tile_height, static_cast<int>(m_bands.size()), m_type));
    cache.insert(cache_key, block);
    return block;
}

void TileReader::read(int matrix, const stac::PixelWindow &window, const PixelTarget &target) const
{
    const stac::TileRange tiles = m_grid.matrices[matrix].tiles_of(window);
    for (std::int64_t row = tiles.min_row; row <= tiles.max_row; ++row)
    {
        for (std::int64_t col = tiles.min_col; col <= tiles.max_col; ++col)
        {
            const auto block = may_exist(matrix, row, col) ? tile(matrix, row, col) : nullptr;
            copy(block.get(), matrix, row, col, window, target);
        }
    }
}

void TileReader::copy(const raster::PixelBlock *block, int matrix, std::int64_t row, std::int64_t col,
                      const stac::PixelWindow &window, const PixelTarget &target) const
{
    const Overlap part = overlap_of(m_grid.matrices[matrix].tile_window(row, col), window);
    for (std::size_t index = 0; index < target.bands.size(); ++index)
    {
        const int band = target.bands[index];
        const BandPixels &pixels = m_bands[band];
        alignas(16) const Value nodata = nodata_of(pixels);
        for (int line = 0; line < part.height; ++line)
        {
            unsigned char *to = target.data + static_cast<std::ptrdiff_t>(index) * target.band_space +
                                (part.to_row + line) * target.line_space + part.to_col * target.pixel_space;
            if (block != nullptr)
            {
                const unsigned char *from = block->data(band, part.from_row + line) +
                                            static_cast<std::ptrdiff_t>(part.from_col) * block->pixel_size();
                GDALCopyWords(from, m_type, block->pixel_size(), to, target.type, target.pixel_space, part.width);
            }
            else
            {
                GDALCopyWords(nodata.data(), pixels.type, 0, to, target.type, target.pixel_space, part.width);
            }
        }
    }
}

} // namespace tiledir::driver
