// What GDAL's RasterIO asks for.
#pragma once

#include <gdal.h>

#include <vector>

namespace tiledir::driver
{

/// Windows in pixels of the raster, spacings in bytes.
struct RasterRequest
{
    GDALRWFlag flag = GF_Read;
    int col = 0;
    int row = 0;
    int width = 0;
    int height = 0;
    void *data = nullptr;
    int buffer_width = 0;
    int buffer_height = 0;
    GDALDataType type = GDT_Byte;
    GSpacing pixel_space = 0;
    GSpacing line_space = 0;
    GSpacing band_space = 0;
    std::vector<int> bands; ///< from 0
    bool mask = false;      ///< not the bands' values, but where they have data
    const GDALRasterIOExtraArg *extra = nullptr;
};

} // namespace tiledir::driver
