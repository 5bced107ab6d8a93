// Many raster files as one: the pixels of all inputs on one pixel grid, later files on top.
#pragma once

#include "driver/raster/input/rectangle_index.h"
#include "driver/raster/resample/resampling.h"
#include "stac/grid/bounds.h"

#include <gdal_priv.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::raster
{

/// One file and where its pixels lie in the mosaic.
struct MosaicSource
{
    std::string path;
    int width = 0; ///< pixels of the file
    int height = 0;
    double col = 0; ///< position and size in the mosaic's pixels; whole numbers where the grids align
    double row = 0;
    double cols = 0;
    double rows = 0;
    bool aligned = true; ///< one pixel here is one pixel of the mosaic, at a whole offset
    double factor = 1;   ///< a pixel of the mosaic is factor * pixel + summand
    double summand = 0;
    Resampling resampling = Resampling::Nearest; ///< how pixels that are not aligned come to the mosaic's
};

/// Opens a file of a mosaic to read; null where that fails. Called from many threads.
using OpenFile = std::function<GDALDatasetUniquePtr(const std::string &path)>;

/// What a file says of itself that a mosaic needs to know: with these at hand, no file is opened before it is read.
struct MosaicFile
{
    std::string path;
    int width = 0;
    int height = 0;
    std::array<double, 6> geotransform{}; ///< north-up
    int bands = 0;                        ///< without an alpha band at the end
    GDALDataType type = GDT_Unknown;      ///< the union of its bands' types
    std::string unit;                     ///< unit type of the first band
    double scale = 1;                     ///< of the first band, whose values are scale * pixel + offset
    double offset = 0;
    double factor = 1; ///< what the mosaic makes of a pixel: factor * pixel + summand
    double summand = 0;
    Resampling resampling = Resampling::Nearest; ///< where it is not aligned: nearest, bilinear or cubic
    std::string color_table;                     ///< of the first band, as text; empty where it has none
    std::string band_colors; ///< the bands' colours by GDAL's names (Red,Green,Blue); empty where none has one
    std::shared_ptr<const std::string> crs_wkt; ///< often one for many files

    stac::Bounds bounds() const;
};

/// Opens a file to read what it is. Throws InputError that names it: missing, not a raster, no CRS, rotated.
MosaicFile describe_file(const std::string &path, const OpenFile &open_file);

/// What the mosaic is; immutable, shared by threads. Pixels come from a MosaicReader.
///
/// As gdalbuildvrt does it: one CRS, north-up, the extent is the union, the resolution is that of the finest file
/// (gdalbuildvrt -resolution highest), the origin that of the union's upper left corner. Unlike there, a pixel that
/// no file covers is nodata also where no file declares a nodata value. Files on both sides of the antimeridian lie
/// side by side: the mosaic begins at the widest gap between files, where that is more than half of the globe.
class Mosaic
{
public:
    /// Opens each file once to read what it is. `nodata` overrules what the files declare.
    /// Throws InputError, naming the file: missing, not a raster, no CRS, rotated, another CRS or band count than
    /// the first.
    static Mosaic open(const std::vector<std::string> &paths, std::optional<double> nodata);
    /// A mosaic of what `open_file` gives for the paths.
    static Mosaic open(const std::vector<std::string> &paths, std::optional<double> nodata, OpenFile open_file);
    /// A mosaic of files that are known; opens none. Throws InputError: another CRS or band count than the first.
    static Mosaic of(const std::vector<MosaicFile> &files, std::optional<double> nodata, OpenFile open_file);
    static Mosaic of(const std::vector<MosaicFile> &files, std::optional<double> nodata);

    /// The same, of these bands of the files (from 1), in this order. Throws InputError: there is no such band.
    Mosaic with_bands(std::vector<int> bands) const;

    const std::vector<MosaicSource> &sources() const { return m_sources; }
    /// Indices of the sources that may have pixels in a window of the mosaic, in order.
    std::vector<std::size_t> sources_near(const stac::PixelWindow &window) const;
    int width() const { return m_width; }
    int height() const { return m_height; }
    /// Pixels of a whole turn around the globe, where the mosaic is one at least: what lies beyond its first or last
    /// column is on the other side. 0 where it does not reach around.
    int turn() const { return m_turn; }
    int bands() const { return static_cast<int>(m_chosen.size()); }
    const std::vector<int> &chosen_bands() const { return m_chosen; } ///< of the files, from 1
    /// Without an alpha band at the end: that one says what is valid.
    int file_bands() const { return m_file_bands; }
    GDALDataType type() const { return m_type; } ///< the union of the files' types
    const std::string &crs_wkt() const { return m_crs_wkt; }
    /// GDAL's geotransform; [2] and [4] are 0, [1] > 0, [5] < 0.
    const std::array<double, 6> &geotransform() const { return m_geotransform; }
    stac::Bounds bounds() const;                                     ///< in the mosaic's CRS
    const std::optional<double> &nodata() const { return m_nodata; } ///< the one given to open()
    const std::string &unit() const { return m_unit; }               ///< unit type of the first file's first band
    bool has_color_table() const { return m_has_color_table; }
    GDALDatasetUniquePtr open_file(const std::string &path) const { return m_open_file(path); }

private:
    std::vector<MosaicSource> m_sources;
    std::shared_ptr<const RectangleIndex> m_index; ///< of the sources, in the mosaic's pixels
    int m_width = 0;
    int m_height = 0;
    int m_turn = 0;
    int m_file_bands = 0;
    std::vector<int> m_chosen;
    GDALDataType m_type = GDT_Unknown;
    std::string m_crs_wkt;
    std::array<double, 6> m_geotransform{};
    std::optional<double> m_nodata;
    std::string m_unit;
    bool m_has_color_table = false;
    OpenFile m_open_file;
};

} // namespace tiledir::raster
