#include "driver/dataset/tile_mask_band.h"

namespace tiledir::driver
{

TileMaskBand::TileMaskBand(TileDataset &dataset, TileBand &band)
    : m_band(band)
{
    poDS = &dataset;
    eAccess = dataset.GetAccess();
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
    return dataset().store_before_mask() != CE_None
               ? CE_Failure
               : dataset().read_block(block_col, block_row, m_band.GetBand() - 1, true, data);
}

CPLErr TileMaskBand::IWriteBlock(int block_col, int block_row, void *data)
{
    return dataset().write_block(block_col, block_row, dataset().GetRasterCount(), data);
}

CPLErr TileMaskBand::IRasterIO(GDALRWFlag flag, int col, int row, int width, int height, void *data, int buffer_width,
                               int buffer_height, GDALDataType buffer_type, GSpacing pixel_space, GSpacing line_space,
                               GDALRasterIOExtraArg *extra)
{
    const bool writes = flag == GF_Write;
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
                                {writes ? dataset().GetRasterCount() : m_band.GetBand() - 1},
                                true,
                                extra};
    if (writes)
    {
        return dataset().write(request);
    }
    if (dataset().store_before_mask() != CE_None)
    {
        return CE_Failure;
    }
    if (const auto done = dataset().read_past_blocks(request))
    {
        return *done;
    }
    const TileDataset::ReadAhead ahead(dataset(), request);
    return GDALRasterBand::IRasterIO(flag, col, row, width, height, data, buffer_width, buffer_height, buffer_type,
                                     pixel_space, line_space, extra);
}

} // namespace tiledir::driver
