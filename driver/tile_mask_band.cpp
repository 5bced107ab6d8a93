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
                            dataset().read_ahead(col, row, m_band.GetBand() - 1);
                            return dataset().read_directly(col, row, std::min(nBlockXSize, nRasterXSize - col),
                                                           std::min(nBlockYSize, nRasterYSize - row), target, nullptr);
                        });
}

CPLErr TileMaskBand::IRasterIO(GDALRWFlag flag, int col, int row, int width, int height, void *data, int buffer_width,
                               int buffer_height, GDALDataType buffer_type, GSpacing pixel_space, GSpacing line_space,
                               GDALRasterIOExtraArg *extra)
{
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
                                0,
                                {m_band.GetBand() - 1},
                                true,
                                extra};
    if (const auto done = dataset().read_past_blocks(request))
    {
        return *done;
    }
    const TileDataset::ReadAhead ahead(dataset(), col, row, width, height, buffer_width, buffer_height);
    return GDALRasterBand::IRasterIO(flag, col, row, width, height, data, buffer_width, buffer_height, buffer_type,
                                     pixel_space, line_space, extra);
}

} // namespace tiledir::driver
