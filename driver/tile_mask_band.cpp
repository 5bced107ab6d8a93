#include "driver/tile_mask_band.h"

#include "driver/gdal_edge.h"

#include <algorithm>

namespace tiledir::driver
{

TileMaskBand::TileMaskBand(TileDataset &dataset, TileBand &band)
    : m_band(band)
{
    poDS = &dataset;
    eDataType = GDT_Byte;
    nRasterXSize = dataset.GetRasterXSize();
    nRasterYSize = dataset.GetRasterYSize();
    band.GetBlockSize(&nBlockXSize, &nBlockYSize);
}

int TileMaskBand::GetOverviewCount()
{
    return m_band.GetOverviewCount();
}

GDALRasterBand *TileMaskBand::GetOverview(int index)
{
    GDALRasterBand *overview = m_band.GetOverview(index);
    return overview == nullptr ? nullptr : overview->GetMaskBand();
}

CPLErr TileMaskBand::IReadBlock(int block_col, int block_row, void *data)
{
    const int col = block_col * nBlockXSize;
    const int row = block_row * nBlockYSize;
    return at_gdal_edge(CE_Failure,
                        [&]
                        {
                            PixelTarget target;
                            target.data = static_cast<unsigned char *>(data);
                            target.line_space = nBlockXSize;
                            target.bands = {m_band.GetBand() - 1};
                            target.mask = true;
                            return dataset().read_directly(col, row, std::min(nBlockXSize, nRasterXSize - col),
                                                           std::min(nBlockYSize, nRasterYSize - row), target, nullptr);
                        });
}

CPLErr TileMaskBand::IRasterIO(GDALRWFlag flag, int col, int row, int width, int height, void *data, int buffer_width,
                               int buffer_height, GDALDataType buffer_type, GSpacing pixel_space, GSpacing line_space,
                               GDALRasterIOExtraArg *extra)
{
    if (!dataset().reads_directly(flag, width, height, buffer_width, buffer_height, pixel_space))
    {
        return GDALRasterBand::IRasterIO(flag, col, row, width, height, data, buffer_width, buffer_height, buffer_type,
                                         pixel_space, line_space, extra);
    }
    return at_gdal_edge(CE_Failure,
                        [&]
                        {
                            PixelTarget target;
                            target.data = static_cast<unsigned char *>(data);
                            target.type = buffer_type;
                            target.pixel_space = static_cast<int>(pixel_space);
                            target.line_space = static_cast<std::ptrdiff_t>(line_space);
                            target.bands = {m_band.GetBand() - 1};
                            target.mask = true;
                            return dataset().read_directly(col, row, width, height, target, extra);
                        });
}

} // namespace tiledir::driver
