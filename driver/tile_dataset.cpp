#include "driver/tile_dataset.h"

#include "driver/document.h"
#include "driver/gdal_edge.h"
#include "driver/tile_band.h"

#include <cpl_string.h>
#include <cpl_vsi.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace tiledir::driver
{

namespace
{

/// Tiles that a read asks for before it looks whether it is to go on.
constexpr std::int64_t kTilesAtOnce = 1024;

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
    GDALPamDataset::FlushCache(true);
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
        VSIStatBufL status;
        const bool remote = store::is_remote(m_item_path); // asked for when it was opened, and not again
        if (remote ? read_document(statistics).has_value()
                   : VSIStatExL(statistics.c_str(), &status, VSI_STAT_EXISTS_FLAG) == 0)
        {
            files.AddString(statistics.c_str());
        }
    }
    return files.StealList();
}

bool TileDataset::reads_directly(GDALRWFlag flag, int width, int height, int buffer_width, int buffer_height,
                                 GSpacing pixel_space) const
{
    const stac::TileMatrix &matrix = m_reader->matrix(m_level.matrix);
    return flag == GF_Read && width == buffer_width && height == buffer_height && width >= matrix.tile_width / 2 &&
           height >= matrix.tile_height / 2 && pixel_space >= std::numeric_limits<int>::min() &&
           pixel_space <= std::numeric_limits<int>::max();
}

TileDataset::ReadAhead::ReadAhead(TileDataset &dataset, int col, int row, int width, int height, int buffer_width,
                                  int buffer_height)
    : m_dataset(dataset)
{
    const stac::TileMatrix &matrix = dataset.m_reader->matrix(dataset.m_level.matrix);
    if (width / buffer_width <= matrix.tile_width && height / buffer_height <= matrix.tile_height)
    {
        const stac::PixelWindow &level = dataset.m_level.window;
        dataset.m_read_ahead = {level.col + col, level.row + row, width, height};
    }
}

TileDataset::ReadAhead::~ReadAhead()
{
    m_dataset.m_read_ahead = {};
}

void TileDataset::read_ahead(int col, int row, int band) const
{
    const stac::PixelWindow pixel{m_level.window.col + col, m_level.window.row + row, 1, 1};
    const stac::TileMatrix &matrix = m_reader->matrix(m_level.matrix);
    const stac::TileRange tile = matrix.tiles_of(pixel);
    const stac::TileRange wanted = matrix.tiles_of(m_read_ahead);
    if (wanted.contains(tile.min_row, tile.min_col))
    {
        m_reader->read_ahead(m_level.matrix, m_read_ahead, tile.min_row, tile.min_col, band);
    }
}

CPLErr TileDataset::read_directly(int col, int row, int width, int height, PixelTarget target,
                                  const GDALRasterIOExtraArg *extra) const
{
    const stac::TileMatrix &matrix = m_reader->matrix(m_level.matrix);
    const std::int64_t tiles_across = width / matrix.tile_width + 2;
    const std::int64_t strip = std::max<std::int64_t>(1, kTilesAtOnce / tiles_across) * matrix.tile_height;
    const std::int64_t top = m_level.window.row + row;
    const std::int64_t bottom = top + height;
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
    return CE_None;
}

CPLErr TileDataset::IRasterIO(GDALRWFlag flag, int col, int row, int width, int height, void *data, int buffer_width,
                              int buffer_height, GDALDataType buffer_type, int band_count, store::BandMap bands,
                              GSpacing pixel_space, GSpacing line_space, GSpacing band_space,
                              GDALRasterIOExtraArg *extra)
{
    if (!reads_directly(flag, width, height, buffer_width, buffer_height, pixel_space))
    {
        const ReadAhead ahead(*this, col, row, width, height, buffer_width, buffer_height);
        return GDALPamDataset::IRasterIO(flag, col, row, width, height, data, buffer_width, buffer_height, buffer_type,
                                         band_count, bands, pixel_space, line_space, band_space, extra);
    }
    return at_gdal_edge(CE_Failure,
                        [&]
                        {
                            PixelTarget target{
                                static_cast<unsigned char *>(data),      buffer_type,
                                static_cast<int>(pixel_space),           static_cast<std::ptrdiff_t>(line_space),
                                static_cast<std::ptrdiff_t>(band_space), {}};
                            for (int index = 0; index < band_count; ++index)
                            {
                                target.bands.push_back(bands[index] - 1);
                            }
                            return read_directly(col, row, width, height, std::move(target), extra);
                        });
}

} // namespace tiledir::driver
