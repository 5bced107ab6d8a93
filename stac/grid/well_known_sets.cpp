#include "stac/grid/tile_matrix_set.h"

#include <array>
#include <cmath>

namespace tiledir::stac
{

namespace
{

constexpr double kPi = 3.14159265358979323846;
constexpr double kHalfEquator = kPi * 6378137;
constexpr double kMetresPerDegree = kHalfEquator / 180;
// A pixel of 96 to the inch, the inch being the US survey foot's.
constexpr double kSurveyPixel = 1200.0 / 3937 / 12 / 96;

/// Sizes of the finest matrix; a coarser one has the fewest tiles that cover as much, rounded up.
struct WellKnownSet
{
    const char *id;
    const char *title;
    const char *uri;
    const char *crs;
    std::array<const char *, 2> axes;
    bool northing_first;
    double origin_x;
    double origin_y;
    double first_cell_size; ///< 0: kNad83Scales at a pixel of kSurveyPixel
    double metres_per_unit;
    int first_level;
    int levels;
    std::int64_t finest_width;
    std::int64_t finest_height;
};

constexpr std::array<std::int64_t, 26> kNad83Scales = {
    145000000, 85000000, 50000000, 30000000, 17500000, 10000000, 6000000, 3500000, 2000000,
    1200000,   700000,   420000,   250000,   145000,   85000,    50000,   30000,   17500,
    10000,     6000,     3500,     2000,     1200,     700,      420,     250};

constexpr std::int64_t power_of_two(int exponent)
{
    return std::int64_t{1} << exponent;
}

#define TMS_URI(name) "http://www.opengis.net/def/tilematrixset/OGC/1.0/" name
#define CRS_URI(code) "http://www.opengis.net/def/crs/EPSG/0/" code

// The sets of OGC's register of tile matrix sets whose rows are all of one width.
// clang-format off
constexpr std::array kSets = {
    WellKnownSet{"WebMercatorQuad", "Google Maps Compatible for the World", TMS_URI("WebMercatorQuad"), CRS_URI("3857"),
                 {"X", "Y"}, false, -kHalfEquator, kHalfEquator, 2 * kHalfEquator / 256, 1, 0, 25,
                 power_of_two(24), power_of_two(24)},
    WellKnownSet{"WorldMercatorWGS84Quad", "World Mercator WGS84 (ellipsoid)", TMS_URI("WorldMercatorWGS84Quad"),
                 CRS_URI("3395"), {"E", "N"}, false, -kHalfEquator, kHalfEquator, 2 * kHalfEquator / 256, 1, 0, 25,
                 power_of_two(24), power_of_two(24)},
    WellKnownSet{"WorldCRS84Quad", "CRS84 for the World", TMS_URI("WorldCRS84Quad"),
                 "http://www.opengis.net/def/crs/OGC/1.3/CRS84", {"Lon", "Lat"}, false, -180, 90, 180.0 / 256,
                 kMetresPerDegree, 0, 24, power_of_two(24), power_of_two(23)},
    WellKnownSet{"WGS1984Quad", "EPSG:4326 for the World", TMS_URI("WorldCRS84Quad"), CRS_URI("4326"), {"Lat", "Lon"},
                 true, -180, 90, 180.0 / 256, kMetresPerDegree, 0, 24, power_of_two(24), power_of_two(23)},
    WellKnownSet{"EuropeanETRS89_LAEAQuad", "Lambert Azimuthal Equal Area ETRS89 for Europe",
                 TMS_URI("EuropeanETRS89_LAEAQuad"), CRS_URI("3035"), {"Y", "X"}, true, 2000000, 5500000, 17578.125, 1,
                 0, 16, power_of_two(15), power_of_two(15)},
    WellKnownSet{"CanadianNAD83_LCC", "Lambert conformal conic NAD83 for Canada", TMS_URI("CanadianNAD83_LCC"),
                 CRS_URI("3978"), {"E", "N"}, false, -34655800, 39310000, 0, 1, 0, 26, 2468768, 2625811},
    WellKnownSet{"UPSArcticWGS84Quad", "Universal Polar Stereographic WGS 84 Quad for Arctic",
                 TMS_URI("UPSArcticWGS84Quad"), CRS_URI("5041"), {"E", "N"}, false, -14440759.350252, 18440759.350252,
                 2 * 16440759.350252 / 256, 1, 0, 25, power_of_two(24), power_of_two(24)},
    WellKnownSet{"UPSAntarcticWGS84Quad", "Universal Polar Stereographic WGS 84 Quad for Antarctic",
                 TMS_URI("UPSAntarcticWGS84Quad"), CRS_URI("5042"), {"E", "N"}, false, -14440759.350252,
                 18440759.350252, 2 * 16440759.350252 / 256, 1, 0, 25, power_of_two(24), power_of_two(24)},
    WellKnownSet{"UTM31WGS84Quad", "Universal Transverse Mercator Zone 31 WGS84 Quad", TMS_URI("UTM31WGS84Quad"),
                 CRS_URI("32631"), {"E", "N"}, false, -9501965.72931276, 20003931.4586255,
                 2 * 10001965.72931276 / 256, 1, 1, 24, power_of_two(23), power_of_two(24)},
    WellKnownSet{"NZTM2000Quad", "LINZ NZTM2000Quad Map Tile Grid", "", "urn:ogc:def:crs:EPSG::2193", {"Y", "X"}, true,
                 -3260586.7284, 10438190.1652, 139770566.007179 * kStandardPixel, 1, 0, 22, power_of_two(21),
                 power_of_two(21)},
    WellKnownSet{"LINZAntarticaMapTilegrid", "LINZ Antarctic Map Tile Grid (Ross Sea Region)", "",
                 "urn:ogc:def:crs:EPSG::5482", {"Y", "X"}, true, -918457.73, 6918457.73, 114688, 1, 0, 14, 3303, 3303},
};
// clang-format on

#undef TMS_URI
#undef CRS_URI

struct Alias
{
    const char *name;
    const char *id;
};

constexpr std::array kAliases = {Alias{"GoogleMapsCompatible", "WebMercatorQuad"},
                                 Alias{"InspireCRS84Quad", "WorldCRS84Quad"},
                                 Alias{"LINZAntarticaMapTileGrid", "LINZAntarticaMapTilegrid"}};

TileMatrix matrix_of(const WellKnownSet &set, int index)
{
    TileMatrix matrix;
    matrix.id = std::to_string(set.first_level + index);
    matrix.origin_x = set.origin_x;
    matrix.origin_y = set.origin_y;
    if (set.first_cell_size > 0)
    {
        const int halvings = set.levels - 1 - index;
        matrix.cell_size = std::ldexp(set.first_cell_size, -index);
        matrix.scale_denominator = matrix.cell_size * set.metres_per_unit / kStandardPixel;
        matrix.matrix_width = divided_up(set.finest_width, power_of_two(halvings));
        matrix.matrix_height = divided_up(set.finest_height, power_of_two(halvings));
        return matrix;
    }
    const std::int64_t scale = kNad83Scales[index];
    matrix.cell_size = static_cast<double>(scale) * kSurveyPixel;
    matrix.scale_denominator = static_cast<double>(scale);
    matrix.matrix_width = divided_up(set.finest_width * kNad83Scales.back(), scale);
    matrix.matrix_height = divided_up(set.finest_height * kNad83Scales.back(), scale);
    return matrix;
}

TileMatrixSet built(const WellKnownSet &set)
{
    TileMatrixSet grid;
    grid.id = set.id;
    grid.title = set.title;
    grid.uri = set.uri;
    grid.crs = set.crs;
    grid.ordered_axes.assign(set.axes.begin(), set.axes.end());
    grid.northing_first = set.northing_first;
    grid.metres_per_unit = set.metres_per_unit;
    grid.matrices.reserve(set.levels);
    for (int index = 0; index < set.levels; ++index)
    {
        grid.matrices.push_back(matrix_of(set, index));
    }
    return grid;
}

/// What a URI of OGC's register, or a URL of OGC's JSON of a set, ends with; any other text as it is.
std::string name_in(std::string uri)
{
    if (uri.rfind("https:", 0) == 0)
    {
        uri.erase(4, 1);
    }
    for (const std::string folder :
         {"http://www.opengis.net/def/tilematrixset/OGC/1.0/", "http://schemas.opengis.net/tms/1.0/json/examples/",
          "http://schemas.opengis.net/tms/2.0/json/examples/tilematrixset/",
          "http://raw.githubusercontent.com/opengeospatial/2D-Tile-Matrix-Set/master/registry/json/"})
    {
        if (uri.compare(0, folder.size(), folder) == 0)
        {
            const std::string name = uri.substr(folder.size());
            return name.substr(0, name.size() - (name.size() > 5 && name.rfind(".json") == name.size() - 5 ? 5 : 0));
        }
    }
    return uri;
}

} // namespace

std::optional<TileMatrixSet> TileMatrixSet::well_known(const std::string &id_or_uri)
{
    std::string name = name_in(id_or_uri);
    for (const Alias &alias : kAliases)
    {
        if (name == alias.name)
        {
            name = alias.id;
        }
    }
    for (const WellKnownSet &set : kSets)
    {
        if (name == set.id)
        {
            return built(set);
        }
    }
    return std::nullopt;
}

std::vector<std::string> TileMatrixSet::well_known_ids()
{
    std::vector<std::string> ids;
    ids.reserve(kSets.size() + kAliases.size());
    for (const WellKnownSet &set : kSets)
    {
        ids.emplace_back(set.id);
    }
    for (const Alias &alias : kAliases)
    {
        ids.emplace_back(alias.name);
    }
    return ids;
}

} // namespace tiledir::stac
