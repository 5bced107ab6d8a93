#include "driver/raster/mosaic.h"

#include "driver/raster/raster_file.h"
#include "driver/raster/spatial_reference.h"
#include "driver/store/gdal_errors.h"
#include "stac/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace tiledir::raster
{

namespace
{

/// A grid that is off by less than this part of a pixel is the mosaic's own; a VRT draws the line here too.
constexpr double kAligned = 1e-3;

struct FileGrid
{
    MosaicSource source;
    std::array<double, 6> geotransform{};

    double left() const { return geotransform[0]; }
    double top() const { return geotransform[3]; }
    double right() const { return left() + source.width * geotransform[1]; }
    double bottom() const { return top() + source.height * geotransform[5]; }
};

FileGrid file_grid(const std::string &path, GDALDataset &file)
{
    FileGrid grid;
    grid.source.path = path;
    grid.source.width = file.GetRasterXSize();
    grid.source.height = file.GetRasterYSize();
    if (GDALGetGeoTransform(GDALDataset::ToHandle(&file), grid.geotransform.data()) != CE_None)
    {
        throw InputError(path + ": has no geotransform; warp it to one with gdalwarp");
    }
    const auto &values = grid.geotransform;
    if (values[2] != 0 || values[4] != 0)
    {
        throw InputError(path + ": is rotated or sheared; make it north-up with gdalwarp");
    }
    if (!(values[1] > 0) || !(values[5] < 0))
    {
        throw InputError(path + ": is not north-up (first row north, first column west); make it so with gdalwarp");
    }
    return grid;
}

const OGRSpatialReference &crs_of(const std::string &path, GDALDataset &file)
{
    const OGRSpatialReference *crs = file.GetSpatialRef();
    if (crs == nullptr || crs->IsEmpty())
    {
        throw InputError(path + ": has no coordinate reference system; assign one with gdal_edit.py -a_srs");
    }
    return *crs;
}

std::string name_of(const OGRSpatialReference &crs)
{
    const char *name = crs.GetName();
    return name != nullptr ? name : "unnamed";
}

void check_same_crs(const std::string &path, const OGRSpatialReference &crs, const OGRSpatialReference &first)
{
    if (!same_crs(crs, first))
    {
        throw InputError(path + ": its coordinate reference system is '" + name_of(crs) +
                         "', that of the files before it '" + name_of(first) +
                         "'; all files of an input need the same");
    }
}

/// Pixels that `length` measures, checked to be a raster size GDAL knows.
int pixels(double length, double cell)
{
    const double count = std::floor(0.5 + length / cell);
    if (!(count >= 1 && count <= std::numeric_limits<int>::max()))
    {
        throw InputError("input: the files together are " + std::to_string(count) +
                         " pixels a side, more than a raster holds; give fewer files or coarser ones");
    }
    return static_cast<int>(count);
}

bool whole(double value)
{
    return std::abs(value - std::round(value)) < kAligned;
}

/// Where the file lies in a mosaic of that geotransform.
MosaicSource placed(const FileGrid &grid, const std::array<double, 6> &mosaic)
{
    MosaicSource source = grid.source;
    source.col = (grid.left() - mosaic[0]) / mosaic[1];
    source.row = (grid.top() - mosaic[3]) / mosaic[5];
    source.cols = source.width * (grid.geotransform[1] / mosaic[1]);
    source.rows = source.height * (grid.geotransform[5] / mosaic[5]);
    source.aligned = whole(source.col) && whole(source.row) && std::abs(source.cols - source.width) < kAligned &&
                     std::abs(source.rows - source.height) < kAligned;
    if (source.aligned)
    {
        source.col = std::round(source.col);
        source.row = std::round(source.row);
        source.cols = source.width;
        source.rows = source.height;
    }
    return source;
}

GDALDatasetUniquePtr opened(const std::string &path, const OpenFile &open_file)
{
    const store::GdalErrors errors;
    GDALDatasetUniquePtr file = open_file(path);
    if (!file)
    {
        throw InputError(path + ": cannot be opened as a raster: " + errors.cause_at(path));
    }
    if (file->GetRasterCount() == 0)
    {
        throw InputError(path + ": has no bands; give a raster with at least one");
    }
    return file;
}

} // namespace

Mosaic Mosaic::open(const std::vector<std::string> &paths, std::optional<double> nodata)
{
    return open(paths, nodata, open_raster);
}

Mosaic Mosaic::open(const std::vector<std::string> &paths, std::optional<double> nodata, OpenFile open_file)
{
    if (paths.empty())
    {
        throw InputError("input: no files; give at least one");
    }
    const store::GdalErrors errors;
    Mosaic mosaic;
    mosaic.m_nodata = nodata;
    OGRSpatialReference first_crs;
    std::vector<FileGrid> grids;
    grids.reserve(paths.size());
    for (const std::string &path : paths)
    {
        const GDALDatasetUniquePtr file = opened(path, open_file);
        const OGRSpatialReference &crs = crs_of(path, *file);
        const int bands = data_bands(*file);
        if (grids.empty())
        {
            first_crs = crs;
            mosaic.m_bands = bands;
            mosaic.m_type = file->GetRasterBand(1)->GetRasterDataType();
            mosaic.m_unit = file->GetRasterBand(1)->GetUnitType();
            mosaic.m_has_color_table = file->GetRasterBand(1)->GetColorTable() != nullptr;
        }
        check_same_crs(path, crs, first_crs);
        if (bands != mosaic.m_bands)
        {
            throw InputError(path + ": has " + std::to_string(bands) + " bands, the files before it " +
                             std::to_string(mosaic.m_bands) + "; all files of an input need the same");
        }
        for (int band = 1; band <= bands; ++band)
        {
            mosaic.m_type = GDALDataTypeUnion(mosaic.m_type, file->GetRasterBand(band)->GetRasterDataType());
        }
        grids.push_back(file_grid(path, *file));
    }
    mosaic.m_open_file = std::move(open_file);
    mosaic.m_crs_wkt = wkt(first_crs);

    auto &values = mosaic.m_geotransform;
    values = grids.front().geotransform;
    double right = grids.front().right();
    double bottom = grids.front().bottom();
    for (const FileGrid &grid : grids)
    {
        values[0] = std::min(values[0], grid.left());
        values[3] = std::max(values[3], grid.top());
        values[1] = std::min(values[1], grid.geotransform[1]);
        values[5] = std::max(values[5], grid.geotransform[5]);
        right = std::max(right, grid.right());
        bottom = std::min(bottom, grid.bottom());
    }
    mosaic.m_width = pixels(right - values[0], values[1]);
    mosaic.m_height = pixels(bottom - values[3], values[5]);
    for (const FileGrid &grid : grids)
    {
        mosaic.m_sources.push_back(placed(grid, values));
    }
    return mosaic;
}

stac::Bounds Mosaic::bounds() const
{
    return {m_geotransform[0], m_geotransform[3] + m_height * m_geotransform[5],
            m_geotransform[0] + m_width * m_geotransform[1], m_geotransform[3]};
}

} // namespace tiledir::raster
