#include "driver/dataset/tile_dataset.h"

#include "driver/dataset/tile_band.h"
#include "driver/store/gdal_edge.h"
#include "driver/trees/document.h"

#include <cpl_string.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace tiledir::driver
{

namespace
{

/// Tiles that a read asks for before it looks whether it is to go on.
constexpr std::int64_t kTilesAtOnce = 1024;
/// Tiles that are read ahead for who goes by equal steps.
constexpr std::size_t kStepsAhead = 64;

} // namespace

TileDataset::TileDataset(std::shared_ptr<const TileReader> reader, const std::vector<RasterLevel> &levels,
                         const OGRSpatialReference &crs)
    : m_reader(std::move(reader))
    , m_level(levels.front())
    , m_crs(crs)
{
    const stac::TileMatrix &matrix = m_reader->matrix(m_level.matrix);
    const stac::Bounds bounds = matrix.bounds(m_level.window);
    m_geotransform = {bounds.min_x, matrix.cell_size, 0, bounds.max_y, 0, -matrix.cell_size};
    nRasterXSize = static_cast<int>(m_level.window.width);
    nRasterYSize = static_cast<int>(m_level.window.height);
    eAccess = GA_ReadOnly;
    const int band_count = static_cast<int>(m_reader->bands().size());
    for (int band = 1; band <= band_count; ++band)
    {
        SetBand(band, new TileBand(*this, band)); // GDAL owns and deletes it
    }
    for (auto overview = levels.begin() + 1; overview != levels.end(); ++overview)
    {
        m_overviews.push_back(std::make_unique<TileDataset>(m_reader, std::vector<RasterLevel>{*overview}, m_crs));
        m_overviews.back()->nPamFlags |= GPF_NOSAVE;
    }
}

/// What GDAL would do in its own destructor, where TrySaveXML is no longer ours.
TileDataset::~TileDataset()
{
    close();
}

CPLErr TileDataset::TrySaveXML()
{
    const CPLErrorHandlerPusher quiet(CPLQuietErrorHandler);
    const CPLErrorStateBackuper unchanged;
    GDALPamDataset::TrySaveXML();
    return CE_None;
}

CPLErr TileDataset::TILEDIR_GET_GEO_TRANSFORM(values)
{
    for (std::size_t index = 0; index < m_geotransform.size(); ++index)
    {
        values[index] = m_geotransform[index];
    }
    return CE_None;
}

const OGRSpatialReference *TileDataset::GetSpatialRef() const
{
    return m_crs.IsEmpty() ? nullptr : &m_crs;
}

char **TileDataset::GetFileList()
{
    CPLStringList files;
    if (!m_item_path.empty())
    {
        files.AddString(m_item_path.c_str());
        const std::string statistics = m_item_path + ".aux.xml";
        if (side_file_exists(statistics))
        {
            files.AddString(statistics.c_str());
        }
    }
    return files.StealList();
}

std::optional<CPLErr> TileDataset::read_past_blocks(const RasterRequest &request)
{
    const stac::TileMatrix &matrix = m_reader->matrix(m_level.matrix);
    const bool one_by_one = request.flag == GF_Read && request.width == request.buffer_width &&
                            request.height == request.buffer_height &&
                            request.pixel_space >= std::numeric_limits<int>::min() &&
                            request.pixel_space <= std::numeric_limits<int>::max();
    if (!one_by_one)
    {
        return std::nullopt;
    }
    if (m_writer && !request.mask)
    {
        flush_blocks_of(request.bands);
    }
    const bool large = request.width >= matrix.tile_width / 2 && request.height >= matrix.tile_height / 2;
    return at_gdal_edge<std::optional<CPLErr>>(
        CE_Failure,
        [&]() -> std::optional<CPLErr>
        {
            const PixelTarget target{static_cast<unsigned char *>(request.data),
                                     request.type,
                                     static_cast<int>(request.pixel_space),
                                     static_cast<std::ptrdiff_t>(request.line_space),
                                     static_cast<std::ptrdiff_t>(request.band_space),
                                     request.bands,
                                     request.mask};
            if (large)
            {
                return read_directly(request.col, request.row, request.width, request.height, target, request.extra);
            }
            const stac::PixelWindow window{m_level.window.col + request.col, m_level.window.row + request.row,
                                           request.width, request.height};
            if (!m_reader->glance(m_level.matrix, window, target))
            {
                return std::nullopt;
            }
            show_given(window, target);
            return CE_None;
        });
}

CPLErr TileDataset::read_block(int block_col, int block_row, int band, bool mask, void *data)
{
    const stac::TileMatrix &matrix = m_reader->matrix(m_level.matrix);
    const int col = block_col * matrix.tile_width;
    const int row = block_row * matrix.tile_height;
    return at_gdal_edge(CE_Failure,
                        [&]
                        {
                            PixelTarget target;
                            target.data = static_cast<unsigned char *>(data);
                            target.type = mask ? GDT_Byte : m_reader->bands()[band].type;
                            target.pixel_space = GDALGetDataTypeSizeBytes(target.type);
                            target.line_space = static_cast<std::ptrdiff_t>(target.pixel_space) * matrix.tile_width;
                            target.bands = {band};
                            target.mask = mask;
                            read_ahead(col, row, band);
                            return read_directly(col, row, std::min(matrix.tile_width, nRasterXSize - col),
                                                 std::min(matrix.tile_height, nRasterYSize - row), target, nullptr);
                        });
}

TileDataset::ReadAhead::ReadAhead(TileDataset &dataset, const RasterRequest &request)
    : m_dataset(dataset)
{
    const stac::TileMatrix &matrix = dataset.m_reader->matrix(dataset.m_level.matrix);
    if (request.width / request.buffer_width <= matrix.tile_width &&
        request.height / request.buffer_height <= matrix.tile_height)
    {
        const stac::PixelWindow &level = dataset.m_level.window;
        dataset.m_read_ahead = {level.col + request.col, level.row + request.row, request.width, request.height};
    }
}

TileDataset::ReadAhead::~ReadAhead()
{
    m_dataset.m_read_ahead = {};
}

void TileDataset::read_ahead(int col, int row, int band)
{
    const stac::PixelWindow pixel{m_level.window.col + col, m_level.window.row + row, 1, 1};
    const stac::TileMatrix &matrix = m_reader->matrix(m_level.matrix);
    const stac::TileRange tile = matrix.tiles_of(pixel);
    if (m_read_ahead.width == 0)
    {
        read_next_steps(tile, band);
    }
    else if (matrix.tiles_of(m_read_ahead).contains(tile.min_row, tile.min_col))
    {
        m_reader->read_ahead(m_level.matrix, m_read_ahead, tile.min_row, tile.min_col, band);
    }
}

void TileDataset::read_next_steps(const stac::TileRange &tile, int band)
{
    const stac::TileMatrix &matrix = m_reader->matrix(m_level.matrix);
    const stac::TileRange all = matrix.tiles_of(m_level.window);
    const bool upwards = matrix.origin_is_bottom_left;
    const std::int64_t block =
        (upwards ? all.max_row - tile.min_row : tile.min_row - all.min_row) * all.cols() + tile.min_col - all.min_col;
    const std::int64_t step = block - std::exchange(m_last_block, block);
    const bool same_step = std::exchange(m_block_step, step) == step && step > 0;
    if (!same_step || !m_reader->is_remote())
    {
        return;
    }
    std::vector<stac::TileId> places;
    for (std::int64_t next = block; next < all.count() && places.size() < kStepsAhead; next += step)
    {
        const std::int64_t down = next / all.cols();
        places.push_back(
            {m_level.matrix, upwards ? all.max_row - down : all.min_row + down, all.min_col + next % all.cols()});
    }
    m_reader->read_ahead(places, band);
}

CPLErr TileDataset::read_directly(int col, int row, int width, int height, PixelTarget target,
                                  const GDALRasterIOExtraArg *extra) const
{
    const stac::TileMatrix &matrix = m_reader->matrix(m_level.matrix);
    const std::int64_t tiles_across = width / matrix.tile_width + 2;
    const std::int64_t strip = std::max<std::int64_t>(1, kTilesAtOnce / tiles_across) * matrix.tile_height;
    const std::int64_t top = m_level.window.row + row;
    const std::int64_t bottom = top + height;
    const PixelTarget whole = target;
    for (std::int64_t from = top; from < bottom;)
    {
        const std::int64_t to = std::min(bottom, (from / strip + 1) * strip);
        m_reader->read(m_level.matrix, {m_level.window.col + col, from, width, to - from}, target);
        target.data += (to - from) * target.line_space;
        from = to;
        if (extra != nullptr && extra->pfnProgress != nullptr &&
            !extra->pfnProgress(static_cast<double>(from - top) / height, "", extra->pProgressData))
        {
            CPLError(CE_Failure, CPLE_UserInterrupt, "Interrupted by the user");
            return CE_Failure;
        }
    }
    show_given({m_level.window.col + col, top, width, height}, whole);
    return CE_None;
}

CPLErr TileDataset::IRasterIO(GDALRWFlag flag, int col, int row, int width, int height, void *data, int buffer_width,
                              int buffer_height, GDALDataType buffer_type, int band_count, store::BandMap bands,
                              GSpacing pixel_space, GSpacing line_space, GSpacing band_space,
                              GDALRasterIOExtraArg *extra)
{
    std::vector<int> from_zero(static_cast<std::size_t>(band_count));
    std::transform(bands, bands + band_count, from_zero.begin(), [](int band) { return band - 1; });
    const RasterRequest request{flag,
                                col,
                                row,
                                width,
                                height,
                                data,
                                buffer_width,
                                buffer_height,
                                buffer_type,
                                pixel_space,
                                line_space,
                                band_space,
                                std::move(from_zero),
                                false,
                                extra};
    if (flag == GF_Write)
    {
        return write(request);
    }
    if (const auto done = read_past_blocks(request))
    {
        return *done;
    }
    const ReadAhead ahead(*this, request);
    return GDALPamDataset::IRasterIO(flag, col, row, width, height, data, buffer_width, buffer_height, buffer_type,
                                     band_count, bands, pixel_space, line_space, band_space, extra);
}

} // namespace tiledir::driver
