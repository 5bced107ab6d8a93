// Small rasters in /vsimem and GDAL's own tools over them: the independent side of the raster tests.
#pragma once

#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal_priv.h>
#include <gdal_utils.h>

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::raster::fixtures
{

/// What a synthetic file is. value(band, col, row), bands from 1.
struct RasterSpec
{
    int width = 4;
    int height = 4;
    std::array<double, 6> geotransform{0, 1, 0, 0, 0, -1};
    GDALDataType type = GDT_Int16;
    std::function<double(int, int, int)> value = [](int, int col, int row) { return 10 * row + col; };
    int bands = 1;
    std::optional<double> nodata;
    bool alpha = false;                 ///< the last band is alpha
    std::function<bool(int, int)> mask; ///< adds a mask band: valid(col, row)
    std::string crs = "EPSG:4326";      ///< empty: none
};

inline const bool kDriversRegistered = []
{
    GDALAllRegister();
    return true;
}();

inline GDALDatasetUniquePtr make_raster(const std::string &path, const RasterSpec &spec)
{
    CPLConfigOptionSetter internal_mask("GDAL_TIFF_INTERNAL_MASK", "YES", false);
    GDALDriver *driver = GetGDALDriverManager()->GetDriverByName("GTiff");
    CPLStringList options;
    if (spec.alpha)
    {
        options.SetNameValue("ALPHA", "YES");
    }
    GDALDatasetUniquePtr file(
        driver->Create(path.c_str(), spec.width, spec.height, spec.bands, spec.type, options.List()));
    auto geotransform = spec.geotransform;
    GDALSetGeoTransform(GDALDataset::ToHandle(file.get()), geotransform.data());
    if (!spec.crs.empty())
    {
        OGRSpatialReference crs;
        crs.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
        crs.SetFromUserInput(spec.crs.c_str());
        file->SetSpatialRef(&crs);
    }
    for (int band = 1; band <= spec.bands; ++band)
    {
        std::vector<double> pixels;
        for (int row = 0; row < spec.height; ++row)
        {
            for (int col = 0; col < spec.width; ++col)
            {
                pixels.push_back(spec.value(band, col, row));
            }
        }
        GDALRasterBand *each = file->GetRasterBand(band);
        if (spec.nodata)
        {
            each->SetNoDataValue(*spec.nodata);
        }
        if (each->RasterIO(GF_Write, 0, 0, spec.width, spec.height, pixels.data(), spec.width, spec.height, GDT_Float64,
                           0, 0, nullptr) != CE_None)
        {
            return nullptr;
        }
    }
    if (spec.mask)
    {
        file->CreateMaskBand(GMF_PER_DATASET);
        std::vector<unsigned char> valid;
        for (int row = 0; row < spec.height; ++row)
        {
            for (int col = 0; col < spec.width; ++col)
            {
                valid.push_back(spec.mask(col, row) ? 255 : 0);
            }
        }
        if (file->GetRasterBand(1)->GetMaskBand()->RasterIO(GF_Write, 0, 0, spec.width, spec.height, valid.data(),
                                                            spec.width, spec.height, GDT_Byte, 0, 0,
                                                            nullptr) != CE_None)
        {
            return nullptr;
        }
    }
    return file;
}

/// Writes a GeoTIFF and gives its path.
inline std::string write_raster(const std::string &name, const RasterSpec &spec)
{
    std::string path = "/vsimem/" + name;
    make_raster(path, spec);
    return path;
}

/// As gdalbuildvrt -resolution highest [-vrtnodata] does it; null where it fails.
inline GDALDatasetUniquePtr build_vrt(const std::vector<std::string> &paths,
                                      const std::vector<std::string> &more_arguments = {})
{
    CPLStringList inputs;
    for (const std::string &path : paths)
    {
        inputs.AddString(path.c_str());
    }
    CPLStringList arguments;
    for (const char *argument : {"-resolution", "highest", "-q"})
    {
        arguments.AddString(argument);
    }
    for (const std::string &argument : more_arguments)
    {
        arguments.AddString(argument.c_str());
    }
    GDALBuildVRTOptions *options = GDALBuildVRTOptionsNew(arguments.List(), nullptr);
    GDALDatasetH vrt = GDALBuildVRT("", inputs.Count(), nullptr, inputs.List(), options, nullptr);
    GDALBuildVRTOptionsFree(options);
    return GDALDatasetUniquePtr(GDALDataset::FromHandle(vrt));
}

/// As gdalwarp -of MEM does it; null where it fails.
inline GDALDatasetUniquePtr warp(GDALDataset &source, const std::vector<std::string> &arguments)
{
    CPLStringList list;
    list.AddString("-of");
    list.AddString("MEM");
    for (const std::string &argument : arguments)
    {
        list.AddString(argument.c_str());
    }
    GDALWarpAppOptions *options = GDALWarpAppOptionsNew(list.List(), nullptr);
    GDALDatasetH handle = GDALDataset::ToHandle(&source);
    GDALDatasetH warped = GDALWarp("", nullptr, 1, &handle, options, nullptr);
    GDALWarpAppOptionsFree(options);
    return GDALDatasetUniquePtr(GDALDataset::FromHandle(warped));
}

/// All pixels of a band as GDAL reads them.
template <class T> std::vector<T> band_pixels(GDALDataset &dataset, int band = 1)
{
    const int width = dataset.GetRasterXSize();
    const int height = dataset.GetRasterYSize();
    std::vector<T> pixels(static_cast<std::size_t>(width) * height);
    const GDALDataType type = sizeof(T) == sizeof(double) ? GDT_Float64 : GDT_Float32;
    if (dataset.GetRasterBand(band)->RasterIO(GF_Read, 0, 0, width, height, pixels.data(), width, height, type, 0, 0,
                                              nullptr) != CE_None)
    {
        pixels.clear();
    }
    return pixels;
}

inline bool exists(const std::string &path)
{
    VSIStatBufL state;
    return VSIStatL(path.c_str(), &state) == 0;
}

/// Two real elevation models side by side, in degrees.
inline std::vector<std::string> jacksboro()
{
    return {TILEDIR_TEST_DATA "/jacksboro_west.tif", TILEDIR_TEST_DATA "/jacksboro_east.tif"};
}

} // namespace tiledir::raster::fixtures
