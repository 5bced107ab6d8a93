#include "driver/raster/pixels/mem_dataset.h"

#include "stac/error.h"

#include <cstdio>

namespace tiledir::raster
{

MemDataset::MemDataset(const PixelBlock &block, int first_row, int rows,
                       std::optional<std::array<double, 6>> geotransform, std::optional<double> nodata, int bands)
{
    static GDALDriver *const kDriver = GetGDALDriverManager()->GetDriverByName("MEM");
    m_dataset.reset(kDriver->Create("", block.width(), rows, 0, block.type(), nullptr));
    if (!m_dataset)
    {
        throw TileError("no memory dataset can be made");
    }
    for (int band = 0; band < bands; ++band)
    {
        char pointer[64];
        // GDAL writes through this pointer only into datasets that are written to.
        const int length =
            CPLPrintPointer(pointer, const_cast<unsigned char *>(block.data(band, first_row)), sizeof(pointer) - 1);
        pointer[length] = '\0';
        CPLStringList options;
        options.SetNameValue("DATAPOINTER", pointer);
        if (m_dataset->AddBand(block.type(), options.List()) != CE_None)
        {
            throw TileError("no band can be added to a memory dataset");
        }
        if (nodata)
        {
            m_dataset->GetRasterBand(band + 1)->SetNoDataValue(*nodata);
        }
    }
    if (geotransform)
    {
        GDALSetGeoTransform(handle(), geotransform->data());
    }
}

} // namespace tiledir::raster
