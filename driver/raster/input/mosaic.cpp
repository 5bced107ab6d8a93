#include "driver/raster/input/mosaic.h"

#include "driver/raster/crs/globe.h"
#include "driver/raster/crs/spatial_reference.h"
#include "driver/raster/input/raster_file.h"
#include "driver/raster/pixels/color_table.h"
#include "driver/store/gdal_errors.h"
#include "stac/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <utility>

namespace tiledir::raster
{

namespace
{

/// A grid that is off by less than this part of a pixel is the mosaic's own; a VRT draws the line here too.
constexpr double kAligned = 1e-3;

std::array<double, 6> north_up_geotransform(const std::string &path, GDALDataset &file)
{
    std::array<double, 6> values{};
    if (GDALGetGeoTransform(GDALDataset::ToHandle(&file), values.data()) != CE_None)
    {
        throw InputError(path, "has no geotransform; warp it to one with gdalwarp");
    }
    if (values[2] != 0 || values[4] != 0)
    {
        throw InputError(path, "is rotated or sheared; make it north-up with gdalwarp");
    }
    if (!(values[1] > 0) || !(values[5] < 0))
    {
        throw InputError(path, "is not north-up (first row north, first column west); make it so with gdalwarp");
    }
    return values;
}

const OGRSpatialReference &crs_of(const std::string &path, GDALDataset &file)
{
    if (file.GetGCPCount() > 0)
    {
        throw InputError(path, "has ground control points and no geotransform; make it north-up with gdalwarp");
    }
    const OGRSpatialReference *crs = file.GetSpatialRef();
    if (crs == nullptr || crs->IsEmpty())
    {
        throw InputError(path, "has no coordinate reference system; assign one with gdal_edit.py -a_srs");
    }
    return *crs;
}

std::string name_of(const OGRSpatialReference &crs)
{
    const char *name = crs.GetName();
    const char *authority = crs.GetAuthorityName(nullptr);
    const char *code = crs.GetAuthorityCode(nullptr);
    const std::string id = authority != nullptr && code != nullptr         ? std::string(authority) + ':' + code
                           : crs.IsGeographic() && crs.GetAxesCount() == 3 ? "with heights"
                                                                           : "";
    return (name != nullptr ? name : "unnamed") + (id.empty() ? "" : " (" + id + ")");
}

void check_same_crs(const MosaicFile &file, const MosaicFile &first)
{
    if (file.crs_wkt == first.crs_wkt || *file.crs_wkt == *first.crs_wkt)
    {
        return;
    }
    const OGRSpatialReference crs = spatial_reference(*file.crs_wkt);
    const OGRSpatialReference first_crs = spatial_reference(*first.crs_wkt);
    if (!same_crs(crs, first_crs))
    {
        throw InputError(file.path, "its coordinate reference system is '" + name_of(crs) +
                                        "', that of the files before it '" + name_of(first_crs) +
                                        "'; all files of an input need the same");
    }
}

/// An index, a gray value and one part of a colour are not of one kind.
void check_same_bands(const MosaicFile &file, const MosaicFile &first)
{
    const auto refuse = [&file](const std::string &what)
    { throw InputError(file.path, what + "; all files of an input need the same"); };
    if (file.bands != first.bands)
    {
        refuse("has " + std::to_string(file.bands) + " bands, the files before it " + std::to_string(first.bands));
    }
    if (file.color_table != first.color_table)
    {
        refuse(file.color_table.empty()    ? "has no colour table, the files before it have one"
               : first.color_table.empty() ? "has a colour table, the files before it have none"
                                           : "has another colour table than the files before it");
    }
    if (!file.band_colors.empty() && !first.band_colors.empty() && file.band_colors != first.band_colors)
    {
        refuse("its bands are " + file.band_colors + ", those of the files before it " + first.band_colors);
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
MosaicSource placed(const MosaicFile &file, const std::array<double, 6> &mosaic)
{
    MosaicSource source;
    source.path = file.path;
    source.width = file.width;
    source.height = file.height;
    source.factor = file.factor;
    source.summand = file.summand;
    source.resampling = file.resampling;
    source.col = (file.geotransform[0] - mosaic[0]) / mosaic[1];
    source.row = (file.geotransform[3] - mosaic[3]) / mosaic[5];
    source.cols = source.width * (file.geotransform[1] / mosaic[1]);
    source.rows = source.height * (file.geotransform[5] / mosaic[5]);
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

/// Files whose bounds reach around the globe although more than half of it is a gap between them: those west of the
/// gap, a whole turn to the east. Nullopt where there are none, or where they would not lie on the same lattice there.
std::optional<std::vector<MosaicFile>> side_by_side(const std::vector<MosaicFile> &files, double turn)
{
    std::vector<std::pair<double, double>> spans;
    double cell = files.front().geotransform[1];
    for (const MosaicFile &file : files)
    {
        spans.emplace_back(file.bounds().min_x, file.bounds().max_x);
        cell = std::min(cell, file.geotransform[1]);
    }
    std::sort(spans.begin(), spans.end());
    double reach = spans.front().second;
    std::optional<double> gap_end;
    for (const auto &[west, east] : spans)
    {
        gap_end = west - reach > turn / 2 ? west : gap_end;
        reach = std::max(reach, east);
    }
    if (!gap_end || spans.front().first + turn - reach >= cell || !whole(turn / cell))
    {
        return std::nullopt;
    }
    std::vector<MosaicFile> moved = files;
    for (MosaicFile &file : moved)
    {
        file.geotransform[0] += file.geotransform[0] < *gap_end ? turn : 0;
    }
    return moved;
}

/// The colours of the indices up to the last that is not opaque black: writers fill tables with it.
std::string color_table_text(GDALRasterBand &band)
{
    const std::shared_ptr<const ColorTable> colors = colors_of(band);
    if (!colors)
    {
        return "";
    }
    std::string text;
    std::size_t told = 0;
    for (const GDALColorEntry &each : *colors)
    {
        text += CPLSPrintf("%02x%02x%02x%02x,", each.c1, each.c2, each.c3, each.c4);
        const bool is_filling = each.c1 == 0 && each.c2 == 0 && each.c3 == 0 && (each.c4 == 0 || each.c4 == 255);
        told = is_filling ? told : text.size();
    }
    return told == 0 ? "black" : text.substr(0, told - 1);
}

std::string band_colors(GDALDataset &dataset, int bands)
{
    std::string names;
    bool has_some = false;
    for (int band = 1; band <= bands; ++band)
    {
        const GDALColorInterp color = dataset.GetRasterBand(band)->GetColorInterpretation();
        has_some = has_some || (color >= GCI_RedBand && color != GCI_AlphaBand);
        names += (band > 1 ? "," : "") + std::string(GDALGetColorInterpretationName(color));
    }
    return has_some && bands > 1 ? names : "";
}

GDALDatasetUniquePtr opened(const std::string &path, const OpenFile &open_file)
{
    const store::GdalErrors errors;
    GDALDatasetUniquePtr file = open_file(path);
    if (!file)
    {
        throw InputError(path, "cannot be opened as a raster: " + errors.cause_at(path));
    }
    if (file->GetRasterCount() == 0)
    {
        throw InputError(path, "has no bands; give a raster with at least one");
    }
    return file;
}

} // namespace

stac::Bounds MosaicFile::bounds() const
{
    return {geotransform[0], geotransform[3] + height * geotransform[5], geotransform[0] + width * geotransform[1],
            geotransform[3]};
}

MosaicFile describe_file(const std::string &path, const OpenFile &open_file)
{
    const GDALDatasetUniquePtr dataset = opened(path, open_file);
    MosaicFile file;
    file.path = path;
    file.width = dataset->GetRasterXSize();
    file.height = dataset->GetRasterYSize();
    file.crs_wkt = std::make_shared<const std::string>(wkt(crs_of(path, *dataset)));
    file.bands = data_bands(*dataset);
    GDALRasterBand *first = dataset->GetRasterBand(1);
    file.type = first->GetRasterDataType();
    file.unit = first->GetUnitType();
    int has = FALSE;
    const double scale = first->GetScale(&has);
    file.scale = has && std::isfinite(scale) && scale != 0 ? scale : 1;
    const double offset = first->GetOffset(&has);
    file.offset = has && std::isfinite(offset) ? offset : 0;
    file.color_table = color_table_text(*first);
    file.band_colors = band_colors(*dataset, file.bands);
    for (int band = 2; band <= file.bands; ++band)
    {
        file.type = GDALDataTypeUnion(file.type, dataset->GetRasterBand(band)->GetRasterDataType());
    }
    for (int band = 1; band <= file.bands; ++band)
    {
        file.type = GDALDataTypeUnion(file.type, is_signed_byte(*dataset->GetRasterBand(band)) ? GDT_Int16 : file.type);
    }
    file.geotransform = north_up_geotransform(path, *dataset);
    return file;
}

Mosaic Mosaic::open(const std::vector<std::string> &paths, std::optional<double> nodata)
{
    return open(paths, nodata, open_raster);
}

Mosaic Mosaic::open(const std::vector<std::string> &paths, std::optional<double> nodata, OpenFile open_file)
{
    std::vector<MosaicFile> files;
    files.reserve(paths.size());
    for (const std::string &path : paths)
    {
        files.push_back(describe_file(path, open_file));
    }
    return of(files, nodata, std::move(open_file));
}

Mosaic Mosaic::with_bands(std::vector<int> bands) const
{
    const auto is_absent = [this](int band) { return band < 1 || band > m_file_bands; };
    if (const auto absent = std::find_if(bands.begin(), bands.end(), is_absent); absent != bands.end())
    {
        throw InputError(m_sources.front().path,
                         "has no band " + std::to_string(*absent) + ", but 1 to " + std::to_string(m_file_bands));
    }
    Mosaic mosaic = *this;
    mosaic.m_chosen = std::move(bands);
    return mosaic;
}

Mosaic Mosaic::of(const std::vector<MosaicFile> &files, std::optional<double> nodata)
{
    return of(files, nodata, open_raster);
}

Mosaic Mosaic::of(const std::vector<MosaicFile> &files, std::optional<double> nodata, OpenFile open_file)
{
    if (files.empty())
    {
        throw InputError("input: no files; give at least one");
    }
    const MosaicFile &first = files.front();
    const double turn = turn_of(spatial_reference(*first.crs_wkt));
    if (const auto moved = turn > 0 ? side_by_side(files, turn) : std::nullopt)
    {
        return of(*moved, nodata, std::move(open_file));
    }
    Mosaic mosaic;
    mosaic.m_nodata = nodata;
    mosaic.m_file_bands = first.bands;
    mosaic.m_chosen.resize(static_cast<std::size_t>(first.bands));
    std::iota(mosaic.m_chosen.begin(), mosaic.m_chosen.end(), 1);
    mosaic.m_type = first.type;
    mosaic.m_unit = first.unit;
    mosaic.m_has_color_table = !first.color_table.empty();
    mosaic.m_crs_wkt = *first.crs_wkt;
    mosaic.m_open_file = std::move(open_file);
    auto &values = mosaic.m_geotransform;
    values = first.geotransform;
    stac::Bounds all = first.bounds();
    for (const MosaicFile &file : files)
    {
        check_same_crs(file, first);
        check_same_bands(file, first);
        mosaic.m_type = GDALDataTypeUnion(mosaic.m_type, file.type);
        values[1] = std::min(values[1], file.geotransform[1]);
        values[5] = std::max(values[5], file.geotransform[5]);
        all = all.united(file.bounds());
    }
    values[0] = all.min_x;
    values[3] = all.max_y;
    mosaic.m_width = pixels(all.max_x - values[0], values[1]);
    mosaic.m_height = pixels(all.min_y - values[3], values[5]);
    const double turn_width = turn / values[1];
    mosaic.m_turn = turn > 0 && whole(turn_width) && mosaic.m_width > turn_width - kAligned
                        ? static_cast<int>(std::lround(turn_width))
                        : 0;
    std::vector<stac::Bounds> places;
    for (const MosaicFile &file : files)
    {
        const MosaicSource source = placed(file, values);
        places.push_back({source.col, source.row, source.col + source.cols, source.row + source.rows});
        mosaic.m_sources.push_back(source);
    }
    mosaic.m_index = std::make_shared<const RectangleIndex>(places);
    return mosaic;
}

std::vector<std::size_t> Mosaic::sources_near(const stac::PixelWindow &window) const
{
    return m_index->touching({static_cast<double>(window.col), static_cast<double>(window.row),
                              static_cast<double>(window.col + window.width),
                              static_cast<double>(window.row + window.height)});
}

stac::Bounds Mosaic::bounds() const
{
    return {m_geotransform[0], m_geotransform[3] + m_height * m_geotransform[5],
            m_geotransform[0] + m_width * m_geotransform[1], m_geotransform[3]};
}

} // namespace tiledir::raster
