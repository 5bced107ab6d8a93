#include "driver/tile_reader.h"

#include "driver/raster/tile_cache.h"
#include "driver/raster/tile_codec.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
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

TileSource::TileSource(const std::string &path, std::map<std::string, std::string> values)
    : m_folder(folder_of(path))
    , m_template(path.substr(folder_size(path)))
    , m_values(std::move(values))
{
    m_template.expand({}, 0, 0, m_values);
}

/// A tile of nodata.
raster::PixelBlock TileReader::Source::absent(int width, int height) const
{
    raster::PixelBlock block(width, height, static_cast<int>(bands.size()), type);
    for (std::size_t band = 0; band < bands.size(); ++band)
    {
        const double nodata = bands[band].nodata.value_or(0);
        GDALCopyWords64(&nodata, GDT_Float64, 0, block.data(static_cast<int>(band)), type, block.pixel_size(),
                        static_cast<GPtrDiff_t>(width) * height);
    }
    return block;
}

TileReader::TileReader(const std::vector<TileSource> &sources, stac::TileMatrixSet grid,
                       std::map<std::string, stac::TileRange> limits, std::vector<BandPixels> bands,
                       bool missing_is_error)
    : m_grid(std::move(grid))
    , m_limits(std::move(limits))
    , m_bands(std::move(bands))
    , m_missing_is_error(missing_is_error)
{
    for (std::size_t index = 0; index < sources.size(); ++index)
    {
        std::vector<BandPixels> own;
        std::copy_if(m_bands.begin(), m_bands.end(), std::back_inserter(own),
                     [index](const BandPixels &band) { return band.source == index; });
        const GDALDataType type = common_type(own);
        m_sources.push_back({sources[index], store::open_store(sources[index].folder()), std::move(own), type});
    }
}

std::string TileReader::tile_path(int matrix, std::int64_t row, std::int64_t col, int band) const
{
    const Source &source = m_sources[m_bands[band].source];
    return source.path(source.tiles.key(m_grid.matrices[matrix], row, col));
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

std::shared_ptr<const raster::PixelBlock> TileReader::tile(const Source &source, int matrix, std::int64_t row,
                                                           std::int64_t col) const
{
    const stac::TileMatrix &tile_matrix = m_grid.matrices[matrix];
    const std::string key = source.tiles.key(tile_matrix, row, col);
    const auto stamp = source.store->stamp(key);
    if (!stamp && m_missing_is_error)
    {
        throw TileError(source.path(key) + ": absent, and open option MISSING_TILES is ERROR");
    }
    if (!stamp)
    {
        return nullptr;
    }
    const std::string cache_key = source.path(key) + '\n' + stamp->text + '\n' + GDALGetDataTypeName(source.type) +
                                  '\n' + std::to_string(tile_matrix.tile_width) + 'x' +
                                  std::to_string(tile_matrix.tile_height);
    auto &cache = raster::TileCache::of_process();
    if (auto block = cache.find(cache_key))
    {
        return block;
    }
    const auto bytes = source.store->read(key);
    if (!bytes)
    {
        return nullptr;
    }
    auto block = decoded(source, *bytes, matrix, row, col);
    cache.insert(cache_key, block);
    return block;
}

/// Whole, where the stored tile is cut.
std::shared_ptr<const raster::PixelBlock> TileReader::decoded(const Source &source, const store::Bytes &bytes,
                                                              int matrix, std::int64_t row, std::int64_t col) const
{
    const stac::TileMatrix &tile_matrix = m_grid.matrices[matrix];
    const raster::TileCut cut{col == tile_matrix.matrix_width - 1, row == tile_matrix.matrix_height - 1};
    raster::PixelBlock stored =
        raster::decode_tile(bytes, source.path(source.tiles.key(tile_matrix, row, col)), tile_matrix.tile_width,
                            tile_matrix.tile_height, static_cast<int>(source.bands.size()), source.type, cut);
    if (stored.width() == tile_matrix.tile_width && stored.height() == tile_matrix.tile_height)
    {
        return std::make_shared<const raster::PixelBlock>(std::move(stored));
    }
    raster::PixelBlock whole = source.absent(tile_matrix.tile_width, tile_matrix.tile_height);
    const int top = tile_matrix.origin_is_bottom_left ? whole.height() - stored.height() : 0;
    whole.paste(stored, 0, 0, stored.width(), stored.height(), 0, top);
    return std::make_shared<const raster::PixelBlock>(std::move(whole));
}

void TileReader::read(int matrix, const stac::PixelWindow &window, const PixelTarget &target) const
{
    std::set<std::size_t> sources;
    for (const int band : target.bands)
    {
        sources.insert(m_bands[band].source);
    }
    const stac::TileMatrix &tile_matrix = m_grid.matrices[matrix];
    const stac::TileRange tiles = tile_matrix.tiles_of(window);
    for (std::int64_t row = tiles.min_row; row <= tiles.max_row; ++row)
    {
        for (std::int64_t col = tiles.min_col; col <= tiles.max_col; ++col)
        {
            for (const std::size_t source : sources)
            {
                const auto block = may_exist(matrix, row, col) ? tile(m_sources[source], matrix, row, col) : nullptr;
                copy(block.get(), source, tile_matrix.tile_window(row, col), window, target);
            }
        }
    }
}

/// Of one tile, at `at`, what the window shows of it in those bands that this source has.
void TileReader::copy(const raster::PixelBlock *block, std::size_t source, const stac::PixelWindow &at,
                      const stac::PixelWindow &window, const PixelTarget &target) const
{
    const stac::PixelWindow part = at.intersection(window).value();
    const auto width = static_cast<int>(part.width);
    for (std::size_t index = 0; index < target.bands.size(); ++index)
    {
        const BandPixels &band = m_bands[target.bands[index]];
        if (band.source != source)
        {
            continue;
        }
        alignas(16) const Value nodata = nodata_of(band);
        for (std::int64_t line = part.row; line < part.row + part.height; ++line)
        {
            unsigned char *to = target.data + static_cast<std::ptrdiff_t>(index) * target.band_space +
                                (line - window.row) * target.line_space + (part.col - window.col) * target.pixel_space;
            if (block != nullptr)
            {
                const unsigned char *from = block->data(band.source_band, static_cast<int>(line - at.row)) +
                                            (part.col - at.col) * block->pixel_size();
                GDALCopyWords(from, m_sources[source].type, block->pixel_size(), to, target.type, target.pixel_space,
                              width);
            }
            else
            {
                GDALCopyWords(nodata.data(), band.type, 0, to, target.type, target.pixel_space, width);
            }
        }
    }
}

} // namespace tiledir::driver
