// The mask of a band of a directory of tiles.
#pragma once

#include "driver/dataset/tile_band.h"
#include "driver/store/gdal_compat.h"

namespace tiledir::driver
{

/// 0 where there is no tile or where the tile itself says that there is no data, else 255, or the alpha of a tile that
/// has more than the band's dataset has.
class TileMaskBand final : public GDALRasterBand
{
public:
    /// Dataset and band must live longer.
    TileMaskBand(TileDataset &dataset, TileBand &band);

    int GetOverviewCount() override;
    GDALRasterBand *GetOverview(int index) override;
    bool IsMaskBand() const override { return true; }

protected:
    CPLErr IReadBlock(int block_col, int block_row, void *data) override;
    CPLErr IWriteBlock(int block_col, int block_row, void *data) override;
    CPLErr IRasterIO(GDALRWFlag flag, int col, int row, int width, int height, void *data, int buffer_width,
                     int buffer_height, GDALDataType buffer_type, GSpacing pixel_space, GSpacing line_space,
                     GDALRasterIOExtraArg *extra) override;

private:
    TileDataset &dataset() const { return static_cast<TileDataset &>(*poDS); }

    TileBand &m_band;
};

} // namespace tiledir::driver
