// A tile matrix set: the grid. OGC 17-083r2 (versions 1 and 2 of its JSON).
#pragma once

#include "stac/grid/tile_matrix.h"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::stac
{

class JsonNode;

/// What a grid has to know of its CRS.
struct CrsFacts
{
    bool northing_first = false; ///< northing or latitude before easting or longitude; orderedAxes are asked first
    bool geographic = false;     ///< latitude and longitude
    double metres_per_unit = 1;  ///< along the equator, of a geographic one; for scale denominators without cellSize
};

/// Tells them of a CRS as the JSON spells it. The upper layers give one that asks PROJ.
using DescribeCrs = std::function<CrsFacts(const std::string &crs)>;

/// The two JSON encodings. Version 1 (17-083r2: identifier, supportedCRS, tileMatrix, topLeftCorner) is what STAC
/// tiled-assets 1.0.0 asks for and all that GDAL before 3.10 reads; version 2 is the current one.
enum class TmsJsonVersion
{
    Version1,
    Version2
};

/// Knows OGC's CRS84 family, EPSG:4326 and other common geographic EPSG codes, and tells geographic WKT and PROJJSON;
/// takes all else to be in metres, easting first.
CrsFacts facts_of_common_crs(const std::string &crs);

/// What writers of JSON take in more ways than one; grid_readings() lists them.
struct GridDoubt
{
    bool axes = false;                ///< northing comes first, as far as the CRS and orderedAxes tell
    bool has_cell_sizes = false;      ///< and they win over scale denominators; else these are all there is
    std::vector<double> bounding_box; ///< lower corner, upper corner, in an order that nobody tells; may be empty
};

class TileMatrixSet
{
public:
    std::string id;
    std::string title;
    std::string uri; ///< empty where there is none
    std::string crs; ///< as SetFromUserInput takes it: an OGC URI, "EPSG:3857", WKT or PROJJSON text
    std::vector<std::string> ordered_axes; ///< e.g. {"Lat", "Lon"}; may be empty
    bool northing_first = false;           ///< the JSON's corner coordinates are y, x
    double metres_per_unit = 1;            ///< of the CRS, for scale denominators
    std::vector<TileMatrix> matrices;      ///< from the coarsest to the finest; not empty
    std::optional<GridDoubt> doubt;        ///< nothing where only one reading of the JSON has sense

    /// Parses and checks version 1 (tileMatrix/topLeftCorner/identifier) or 2 (tileMatrices/pointOfOrigin/id).
    /// Throws InputError that names the member, what is wrong and what would be right. Refuses: no matrix, sizes
    /// or cell sizes that are not positive and finite, more than 2^53 pixels a side, duplicate ids, over 100
    /// matrices, variableMatrixWidths, a CRS that names a file. cellSize wins over scaleDenominator. A corner that has
    /// no sense as latitude, longitude ([-180, 90] in EPSG:4326, which some writers give) is read as longitude,
    /// latitude.
    static TileMatrixSet from_json(const nlohmann::json &json, const DescribeCrs &describe_crs = facts_of_common_crs);
    /// Of a part of a document: members are named by their path in it.
    static TileMatrixSet from_node(const JsonNode &root, const DescribeCrs &describe_crs);
    /// Both cellSize and scaleDenominator (the former's where they contradict each other) are written, in version 1 too
    /// (it knows the latter alone; cellSize, orderedAxes, uri, and cornerOfOrigin and pointOfOrigin of a bottom-left
    /// set are then additions), so that numbers survive a round trip exactly. Corners are x, y, which is all that most
    /// readers know; where the CRS has northing first orderedAxes say so.
    nlohmann::ordered_json to_json(TmsJsonVersion version = TmsJsonVersion::Version2) const;

    /// A set by id (WebMercatorQuad, also GDAL's names of the same grids: GoogleMapsCompatible, InspireCRS84Quad), OGC
    /// URI, or the URL of the JSON that OGC publishes of it (schemas.opengis.net/tms/1.0/json/examples/ID.json);
    /// nullopt if unknown.
    static std::optional<TileMatrixSet> well_known(const std::string &id_or_uri);
    /// Ids that well_known() takes, for messages.
    static std::vector<std::string> well_known_ids();

    /// The set whose tiles are tile_size pixels a side with the matrix widths kept (512 for 256 halves the cell
    /// size) and whose stored tiles then cover metatile x metatile of those (cell size kept, matrices are
    /// ceil(width / metatile) wide). Ids of matrices stay. The id gains _<tile_size> and _m<metatile> for what
    /// differs from the plain set: WebMercatorQuad_512_m4. Throws InputError for sizes (also tile_size * metatile)
    /// outside 1..65536, and for tiles that are not square unless both arguments leave the set as it is.
    TileMatrixSet derived(int tile_size, int metatile) const;

    /// Index of the matrix with that id; nullopt if there is none.
    std::optional<int> index_of(const std::string &matrix_id) const;

    /// n where each pixel of the coarser matrix is exactly n x n pixels of the finer and their upper left corners are
    /// whole pixels of the coarser apart, so that pixels nest; nullopt otherwise. Over the whole matrix the two may
    /// drift apart by a hundredth of the finer's pixel: JSON of others has rounded cell sizes.
    std::optional<int> ratio(int finer, int coarser) const;

    /// Same grid: CRS (its code or, without one, its text), matrix ids, sizes equal and cell sizes and origins equal to
    /// 1e-9 of a cell.
    bool same_grid(const TileMatrixSet &other) const;
};

} // namespace tiledir::stac
