// A mosaic as a GDAL dataset, so that GDAL's warper reads all of it as one raster.
#pragma once

#include "driver/raster/input/mosaic_reader.h"
#include "driver/store/gdal_compat.h"

#include <ogr_spatialref.h>

#include <exception>
#include <memory>

namespace tiledir::raster
{

/// Float32 (or Float64) bands whose nodata is NaN. For one thread, as every dataset. Failures to read an input are
/// CPLErrors that name the file.
class MosaicDataset final : public GDALDataset
{
public:
    /// `type` is GDT_Float32 or GDT_Float64. At both sides lie `margin` columns more, which a mosaic around the globe
    /// has from its other side.
    MosaicDataset(std::shared_ptr<const Mosaic> mosaic, GDALDataType type, int margin = 0);
    ~MosaicDataset() override;

    CPLErr TILEDIR_GET_GEO_TRANSFORM(values) override;
    const OGRSpatialReference *GetSpatialRef() const override { return &m_crs; }

    /// Pixels of some bands (counted from 1), one output pixel for each input pixel, in any type and spacing.
    CPLErr read_window(int col, int row, int width, int height, void *into, GDALDataType type, int band_count,
                       const int *bands, GSpacing pixel_space, GSpacing line_space, GSpacing band_space);

    MosaicReader &reader() { return m_reader; }

    /// Throws what has made the last read fail, as it was before it became a CPLErr; nothing where it did not fail.
    void throw_failure();

protected:
    CPLErr IRasterIO(GDALRWFlag flag, int col, int row, int width, int height, void *data, int buffer_width,
                     int buffer_height, GDALDataType type, int band_count, store::BandMap bands, GSpacing pixel_space,
                     GSpacing line_space, GSpacing band_space, GDALRasterIOExtraArg *extra) override;

private:
    MosaicReader m_reader;
    GDALDataType m_type;
    int m_margin;
    OGRSpatialReference m_crs;
    PixelBlock m_pixels;
    std::exception_ptr m_failure;
};

} // namespace tiledir::raster
