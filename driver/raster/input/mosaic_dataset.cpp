#include "driver/raster/input/mosaic_dataset.h"

#include "driver/raster/crs/spatial_reference.h"
#include "stac/error.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace tiledir::raster
{

namespace
{

constexpr int kBlockSize = 256;

class MosaicBand final : public GDALRasterBand
{
public:
    MosaicBand(MosaicDataset *dataset, int band, GDALDataType type)
        : m_mosaic(dataset)
    {
        poDS = dataset;
        nBand = band;
        eDataType = type;
        nBlockXSize = std::min(kBlockSize, dataset->GetRasterXSize());
        nBlockYSize = std::min(kBlockSize, dataset->GetRasterYSize());
    }

    double GetNoDataValue(int *has_nodata) override
    {
        if (has_nodata != nullptr)
        {
            *has_nodata = TRUE;
        }
        return std::numeric_limits<double>::quiet_NaN();
    }

protected:
    CPLErr IReadBlock(int block_col, int block_row, void *data) override
    {
        const int col = block_col * nBlockXSize;
        const int row = block_row * nBlockYSize;
        const int width = std::min(nBlockXSize, nRasterXSize - col);
        const int height = std::min(nBlockYSize, nRasterYSize - row);
        const int pixel_size = GDALGetDataTypeSizeBytes(eDataType);
        return m_mosaic->read_window(col, row, width, height, data, eDataType, 1, &nBand, pixel_size,
                                     static_cast<GSpacing>(nBlockXSize) * pixel_size, 0);
    }

    CPLErr IRasterIO(GDALRWFlag flag, int col, int row, int width, int height, void *data, int buffer_width,
                     int buffer_height, GDALDataType type, GSpacing pixel_space, GSpacing line_space,
                     GDALRasterIOExtraArg *extra) override
    {
        if (flag == GF_Read && width == buffer_width && height == buffer_height)
        {
            return m_mosaic->read_window(col, row, width, height, data, type, 1, &nBand, pixel_space, line_space, 0);
        }
        return GDALRasterBand::IRasterIO(flag, col, row, width, height, data, buffer_width, buffer_height, type,
                                         pixel_space, line_space, extra);
    }

private:
    MosaicDataset *m_mosaic;
};

} // namespace

MosaicDataset::MosaicDataset(std::shared_ptr<const Mosaic> mosaic, GDALDataType type, int margin)
    : m_reader(std::move(mosaic))
    , m_type(type)
    , m_margin(margin)
    , m_crs(spatial_reference(m_reader.mosaic().crs_wkt()))
{
    nRasterXSize = m_reader.mosaic().width() + 2 * margin;
    nRasterYSize = m_reader.mosaic().height();
    for (int band = 1; band <= m_reader.mosaic().bands(); ++band)
    {
        SetBand(band, new MosaicBand(this, band, type));
    }
}

MosaicDataset::~MosaicDataset() = default;

CPLErr MosaicDataset::TILEDIR_GET_GEO_TRANSFORM(values)
{
    for (std::size_t i = 0; i < 6; ++i)
    {
        values[i] = m_reader.mosaic().geotransform()[i];
    }
    values[0] -= m_margin * values[1];
    return CE_None;
}

void MosaicDataset::throw_failure()
{
    if (const std::exception_ptr failure = std::exchange(m_failure, nullptr))
    {
        std::rethrow_exception(failure);
    }
}

CPLErr MosaicDataset::read_window(int col, int row, int width, int height, void *into, GDALDataType type,
                                  int band_count, const int *bands, GSpacing pixel_space, GSpacing line_space,
                                  GSpacing band_space)
{
    m_failure = nullptr;
    try
    {
        m_reader.read({col - m_margin, row, width, height}, m_pixels, m_type);
    }
    catch (const Error &error)
    {
        m_failure = std::current_exception();
        CPLError(CE_Failure, CPLE_FileIO, "%s", error.what());
        return CE_Failure;
    }
    for (int i = 0; i < band_count; ++i)
    {
        auto *band_begin = static_cast<unsigned char *>(into) + i * band_space;
        for (int line = 0; line < height; ++line)
        {
            GDALCopyWords(m_pixels.data(bands[i] - 1, line), m_type, m_pixels.pixel_size(),
                          band_begin + line * line_space, type, static_cast<int>(pixel_space), width);
        }
    }
    return CE_None;
}

CPLErr MosaicDataset::IRasterIO(GDALRWFlag flag, int col, int row, int width, int height, void *data, int buffer_width,
                                int buffer_height, GDALDataType type, int band_count, store::BandMap bands,
                                GSpacing pixel_space, GSpacing line_space, GSpacing band_space,
                                GDALRasterIOExtraArg *extra)
{
    if (flag == GF_Read && width == buffer_width && height == buffer_height)
    {
        return read_window(col, row, width, height, data, type, band_count, bands, pixel_space, line_space, band_space);
    }
    return GDALDataset::IRasterIO(flag, col, row, width, height, data, buffer_width, buffer_height, type, band_count,
                                  bands, pixel_space, line_space, band_space, extra);
}

} // namespace tiledir::raster
