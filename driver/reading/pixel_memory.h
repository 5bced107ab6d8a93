// Memory of callers that pixels are read from or written to, laid out as GDAL's RasterIO has it.
#pragma once

#include <gdal.h>

#include <cstddef>
#include <vector>

namespace tiledir::driver
{

/// Memory that pixels are read from, laid out as GDAL's RasterIO has it. Spacings in bytes.
struct PixelSource
{
    const unsigned char *data = nullptr;
    GDALDataType type = GDT_Byte;
    int pixel_space = 1;
    std::ptrdiff_t line_space = 0;
    std::ptrdiff_t band_space = 0;
    std::vector<int> bands; ///< from 0; the mask is the band after the last
};

/// Memory that pixels are written to, laid out as GDAL's RasterIO asks for. Spacings in bytes.
struct PixelTarget
{
    unsigned char *data = nullptr;
    GDALDataType type = GDT_Byte;
    int pixel_space = 1;
    std::ptrdiff_t line_space = 0;
    std::ptrdiff_t band_space = 0;
    std::vector<int> bands; ///< from 0
    bool mask = false;      ///< not the bands' values, but where they have data: 0 is nowhere, 255 everywhere
};

} // namespace tiledir::driver
