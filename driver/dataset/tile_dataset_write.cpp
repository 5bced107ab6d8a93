// What makes a dataset one that is written to: pixels go to a TileWriter, past GDAL's block cache, which knows nothing
// of those pixels of a block that were not given.
#include "driver/dataset/tile_band.h"
#include "driver/dataset/tile_dataset.h"
#include "driver/raster/pyramid/tile_pass.h"
#include "driver/store/gdal_edge.h"
#include "driver/writing/tile_writer.h"

#include <algorithm>
#include <vector>

namespace tiledir::driver
{

namespace
{

/// The request's pixels one by one, where the caller's buffer has another size: by nearest neighbour, as GDAL writes.
class Spread
{
public:
    explicit Spread(const RasterRequest &request)
        : m_request(request)
        , m_size(GDALGetDataTypeSizeBytes(request.type))
        , m_pixels(static_cast<std::size_t>(request.width) * request.height * request.bands.size() * m_size)
    {
        for (std::size_t band = 0; band < request.bands.size(); ++band)
        {
            for (int row = 0; row < request.height; ++row)
            {
                take_row(band, row);
            }
        }
    }

    PixelSource source() const
    {
        const auto line = static_cast<std::ptrdiff_t>(m_request.width) * m_size;
        return {m_pixels.data(), m_request.type, m_size, line, line * m_request.height, m_request.bands};
    }

private:
    void take_row(std::size_t band, int row)
    {
        const auto from_row = static_cast<GSpacing>(row) * m_request.buffer_height / m_request.height;
        const unsigned char *line = static_cast<const unsigned char *>(m_request.data) +
                                    static_cast<GSpacing>(band) * m_request.band_space +
                                    from_row * m_request.line_space;
        unsigned char *to =
            m_pixels.data() + (band * m_request.height + static_cast<std::size_t>(row)) * m_request.width * m_size;
        for (int col = 0; col < m_request.width; ++col, to += m_size)
        {
            const auto from_col = static_cast<GSpacing>(col) * m_request.buffer_width / m_request.width;
            std::copy_n(line + from_col * m_request.pixel_space, m_size, to);
        }
    }

    const RasterRequest &m_request;
    int m_size;
    std::vector<unsigned char> m_pixels;
};

} // namespace

void TileDataset::allow_writing(std::unique_ptr<TileWriter> writer)
{
    m_writer = std::move(writer);
    eAccess = GA_Update;
    for (int band = 0; band < nBands; ++band)
    {
        static_cast<TileBand *>(papoBands[band])->allow_writing();
    }
}

CPLErr TileDataset::refuse(const std::string &why) const
{
    CPLError(CE_Failure, CPLE_NotSupported, "%s", one_line(m_item_path + ": " + why).c_str());
    return CE_Failure;
}

/// Null where pixels of bands, or of the mask, may be given.
const char *TileDataset::why_not_writable(bool mask) const
{
    if (!m_writer)
    {
        return "is open read-only; open it for update to write";
    }
    return mask && !m_writer->pyramid().format.mask ? "its tiles hold no mask; nodata or alpha tells where data is"
                                                    : nullptr;
}

CPLErr TileDataset::write(const RasterRequest &request)
{
    if (const char *why = why_not_writable(request.mask))
    {
        return refuse(why);
    }
    return at_gdal_edge(
        CE_Failure,
        [&]
        {
            flush_blocks_of(request.bands);
            const stac::PixelWindow window{m_level.window.col + request.col, m_level.window.row + request.row,
                                           request.width, request.height};
            const bool one_by_one = request.width == request.buffer_width && request.height == request.buffer_height;
            if (one_by_one)
            {
                m_writer->buffer().take(window, {static_cast<const unsigned char *>(request.data), request.type,
                                                 static_cast<int>(request.pixel_space),
                                                 static_cast<std::ptrdiff_t>(request.line_space),
                                                 static_cast<std::ptrdiff_t>(request.band_space), request.bands});
            }
            else
            {
                m_writer->buffer().take(window, Spread(request).source());
            }
            if (m_writer->is_full())
            {
                store_pixels();
            }
            return CE_None;
        });
}

/// GDAL's cache may hold changed blocks, which are older than what is written now and newer than what is stored;
/// another thread may be about to hand one over, which FlushCache() waits for and FlushBlock() does not.
void TileDataset::flush_blocks_of(const std::vector<int> &bands)
{
    for (const int number : bands)
    {
        GDALRasterBand *band = number < nBands ? papoBands[number] : papoBands[0]->GetMaskBand();
        band->FlushCache(false);
    }
}

CPLErr TileDataset::write_block(int block_col, int block_row, int band, const void *data)
{
    if (const char *why = why_not_writable(band >= nBands))
    {
        return refuse(why);
    }
    return at_gdal_edge(CE_Failure,
                        [&]
                        {
                            const stac::TileMatrix &matrix = m_reader->matrix(m_level.matrix);
                            const std::int64_t col = static_cast<std::int64_t>(block_col) * matrix.tile_width;
                            const std::int64_t row = static_cast<std::int64_t>(block_row) * matrix.tile_height;
                            const stac::PixelWindow window{
                                m_level.window.col + col, m_level.window.row + row,
                                std::min<std::int64_t>(matrix.tile_width, nRasterXSize - col),
                                std::min<std::int64_t>(matrix.tile_height, nRasterYSize - row)};
                            const GDALDataType type = band < nBands ? m_reader->bands()[band].type : GDT_Byte;
                            const int size = GDALGetDataTypeSizeBytes(type);
                            m_writer->buffer().take(window, {static_cast<const unsigned char *>(data),
                                                             type,
                                                             size,
                                                             static_cast<std::ptrdiff_t>(size) * matrix.tile_width,
                                                             0,
                                                             {band}});
                            return CE_None;
                        });
}

void TileDataset::store_pixels()
{
    m_writer->store();
    m_reader->forget_absent();
}

CPLErr TileDataset::store_before_mask()
{
    if (!m_writer || m_writer->buffer().size() == 0)
    {
        return CE_None;
    }
    return at_gdal_edge(CE_Failure,
                        [&]
                        {
                            store_pixels();
                            return CE_None;
                        });
}

void TileDataset::show_given(const stac::PixelWindow &window, const PixelTarget &target) const
{
    if (m_writer && !target.mask)
    {
        m_writer->buffer().show(window, target);
    }
}

CPLErr TileDataset::flush(bool closing)
{
    if (!m_writer)
    {
        return CE_None;
    }
    const CPLErr item_status = at_gdal_edge(CE_Failure,
                                            [&]
                                            {
                                                store_item_change();
                                                return CE_None;
                                            });
    const CPLErr pixel_status = at_gdal_edge(CE_Failure,
                                             [&]
                                             {
                                                 closing ? m_writer->finish() : m_writer->flush();
                                                 return CE_None;
                                             });
    m_reader->forget_absent();
    for (const auto &overview : m_overviews)
    {
        overview->GDALPamDataset::FlushCache(false); // forgets the blocks of what was there before
    }
    return std::max(item_status, pixel_status);
}

void TileDataset::store_item_change()
{
    if (!m_item_change.empty())
    {
        m_writer->change_item(m_item_change);
        m_item_change = {};
    }
}

/// Blocks first, and statistics last: what GDAL keeps of those of earlier pixels goes with these.
CPLErr TileDataset::flush_all(bool closing, bool ending)
{
    // NOLINTNEXTLINE(bugprone-parent-virtual-call): the .aux.xml is written once its statistics are known
    GDALDataset::FlushCache(closing);
    const CPLErr status = flush(ending);
    if (m_writer && m_writer->take_stored())
    {
        ClearStatistics();
        for (const auto &overview : m_overviews)
        {
            overview->ClearStatistics();
        }
    }
    GDALPamDataset::FlushCache(closing);
    return status;
}

store::FlushResult TileDataset::FlushCache(bool closing)
{
    return store::flush_result(flush_all(closing, false));
}

CPLErr TileDataset::close()
{
    if (m_closed)
    {
        return CE_None;
    }
    m_closed = true;
    const CPLErr status = flush_all(true, true);
    m_writer.reset();
    return status;
}

CPLErr TileDataset::Close(TILEDIR_CLOSE_PARAMETERS)
{
    return close();
}

CPLErr TileDataset::IBuildOverviews(const char *resampling, int count, const int *, int, const int *,
                                    GDALProgressFunc progress, void *progress_data, CSLConstList)
{
    if (!m_writer)
    {
        return refuse("is open read-only; its overviews are made again by opening it for update "
                      "(gdaladdo without -ro) or by tiledir refresh");
    }
    if (count == 0)
    {
        return refuse("overviews are levels of the grid and stay: they are made again, not removed");
    }
    return at_gdal_edge(CE_Failure,
                        [&]
                        {
                            GDALPamDataset::FlushCache(false);
                            const stac::TileMatrix &matrix = m_reader->matrix(m_level.matrix);
                            m_writer->rebuild(raster::resampling_from_name(resampling),
                                              stac::TileSet(matrix.tiles_of(m_level.window)),
                                              raster::asking(progress, progress_data));
                            return flush(false);
                        });
}

} // namespace tiledir::driver
