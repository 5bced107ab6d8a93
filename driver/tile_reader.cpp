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

TileSource::TileSource(const std::string &path, const std::string &tile_matrix_set)
    : m_folder(folder_of(path))
    , m_template(path.substr(folder_size(path)))
    , m_values{{"TileMatrixSet", tile_matrix_set}}
{
    m_template.expand({}, 0, 0, m_values);
}

TileReader::TileReader(TileSource source, stac::TileMatrixSet grid, std::map<std::string, stac::TileRange> limits,
                       std::vector<BandPixels> bands, bool missing_is_error)
    : m_source(std::move(source))
    , m_store(store::open_store(m_source.folder()))
    , m_grid(std::move(grid))
    , m_limits(std::move(limits))
    , m_bands(std::move(bands))
    , m_missing_is_error(missing_is_error)
    , m_type(common_type(m_bands))
{
}

std::string TileReader::tile_path(int matrix, std::int64_t row, std::int64_t col) const
{
    return m_store->path(m_source.key(m_grid.matrices[matrix], row, col));
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
    const std::string key = m_source.key(tile_matrix, row, col);
    const std::string path = m_store->path(key);
    const auto stamp = m_store->stamp(key);
    if (!stamp && m_missing_is_error)
    {
        throw TileError(path + ": absent, and open option MISSING_TILES is ERROR");
    }
    if (!stamp)
    {
        return nullptr;
    }
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
    auto block = decoded(*bytes, matrix, row, col);
    cache.insert(cache_key, block);
    return block;
}

/// Whole, where the stored tile is cut.
std::shared_ptr<const raster::PixelBlock> TileReader::decoded(const store::Bytes &bytes, int matrix, std::int64_t row,
                                                              std::int64_t col) const
{
    const stac::TileMatrix &tile_matrix = m_grid.matrices[matrix];
    const int bands = static_cast<int>(m_bands.size());
    const raster::TileCut cut{col == tile_matrix.matrix_width - 1, row == tile_matrix.matrix_height - 1};
    raster::PixelBlock stored = raster::decode_tile(bytes, tile_path(matrix, row, col), tile_matrix.tile_width,
                                                    tile_matrix.tile_height, bands, m_type, cut);
    if (stored.width() == tile_matrix.tile_width && stored.height() == tile_matrix.tile_height)
    {
        return std::make_shared<const raster::PixelBlock>(std::move(stored));
    }
    raster::PixelBlock whole(tile_matrix.tile_width, tile_matrix.tile_height, bands, m_type);
    fill_with_nodata(whole);
    const int top = tile_matrix.origin_is_bottom_left ? whole.height() - stored.height() : 0;
    whole.paste(stored, 0, 0, stored.width(), stored.height(), 0, top);
    return std::make_shared<const raster::PixelBlock>(std::move(whole));
}

void TileReader::fill_with_nodata(raster::PixelBlock &block) const
{
    for (std::size_t band = 0; band < m_bands.size(); ++band)
    {
        const double nodata = m_bands[band].nodata.value_or(0);
        GDALCopyWords64(&nodata, GDT_Float64, 0, block.data(static_cast<int>(band)), m_type, block.pixel_size(),
                        static_cast<GPtrDiff_t>(block.width()) * block.height());
    }
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
    const stac::PixelWindow at = m_grid.matrices[matrix].tile_window(row, col);
    const stac::PixelWindow part = at.intersection(window).value();
    const auto width = static_cast<int>(part.width);
    for (std::size_t index = 0; index < target.bands.size(); ++index)
    {
        const int band = target.bands[index];
        const BandPixels &pixels = m_bands[band];
        alignas(16) const Value nodata = nodata_of(pixels);
        for (std::int64_t line = part.row; line < part.row + part.height; ++line)
        {
            unsigned char *to = target.data + static_cast<std::ptrdiff_t>(index) * target.band_space +
                                (line - window.row) * target.line_space + (part.col - window.col) * target.pixel_space;
            if (block != nullptr)
            {
                const unsigned char *from =
                    block->data(band, static_cast<int>(line - at.row)) + (part.col - at.col) * block->pixel_size();
                GDALCopyWords(from, m_type, block->pixel_size(), to, target.type, target.pixel_space, width);
            }
            else
            {
                GDALCopyWords(nodata.data(), pixels.type, 0, to, target.type, target.pixel_space, width);
            }
        }
    }
}

} // namespace tiledir::driver
