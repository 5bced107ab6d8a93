#include "stac/grid/crs_name.h"
#include "stac/grid/tile_matrix_set.h"
#include "stac/json/json_node.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace tiledir::stac
{

namespace
{

constexpr std::size_t kMaxMatrices = 100;
constexpr std::size_t kMaxId = 256;
constexpr std::size_t kMaxAxes = 10;

/// The text SetFromUserInput takes for the forms of `crs`: a URI, {uri}, {wkt: PROJJSON or text}, {referenceSystem}.
std::string crs_text(const JsonNode &crs)
{
    if (crs.json().is_string())
    {
        return crs.text();
    }
    if (!crs.json().is_object())
    {
        crs.fail("is a JSON " + std::string(crs.json().type_name()) + ", should be a text or an object");
    }
    if (const auto uri = crs.find("uri"))
    {
        return uri->text();
    }
    if (const auto wkt = crs.find("wkt"))
    {
        return wkt->json().is_object() ? wkt->json().dump() : wkt->text();
    }
    if (const auto system = crs.find("referenceSystem"))
    {
        if (system->json().is_string())
        {
            return system->text();
        }
        const auto code = system->find("code");
        const std::string space = code ? system->text_or_empty("codeSpace") : std::string();
        return code ? space + (space.empty() ? "" : ":") + code->text() : system->json().dump();
    }
    crs.fail("has none of uri, wkt, referenceSystem");
}

std::vector<std::string> read_axes(const JsonNode &root)
{
    std::vector<std::string> axes;
    if (const auto list = root.find("orderedAxes"))
    {
        for (std::size_t i = 0; i < list->at_most(kMaxAxes).size(); ++i)
        {
            axes.push_back(list->element(i).text());
        }
    }
    return axes;
}

/// What the first axis' name says; nullopt for a name that says nothing.
std::optional<bool> axis_points_north(std::string name)
{
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    static constexpr std::array kNorth = {"lat", "latitude", "geodetic latitude", "y", "n", "north", "northing"};
    static constexpr std::array kEast = {"lon", "long", "longitude", "geodetic longitude", "x", "e", "east", "easting"};
    if (std::find(kNorth.begin(), kNorth.end(), name) != kNorth.end())
    {
        return true;
    }
    return std::find(kEast.begin(), kEast.end(), name) != kEast.end() ? std::optional(false) : std::nullopt;
}

/// Lower and upper corner of `boundingBox`; empty where it is not there or no such thing, which is no reason to fail.
std::vector<double> read_bounding_box(const JsonNode &root)
{
    std::vector<double> box;
    const auto member = root.find("boundingBox");
    if (!member || !member->json().is_object())
    {
        return box;
    }
    for (const auto &corner : {member->find({"lowerCorner", "lowerLeft"}), member->find({"upperCorner", "upperRight"})})
    {
        if (!corner || !corner->json().is_array())
        {
            return {};
        }
        for (const nlohmann::json &number : corner->json())
        {
            box.push_back(number.is_number() ? number.get<double>() : std::numeric_limits<double>::quiet_NaN());
        }
    }
    const auto finite = [](double number) { return std::isfinite(number); };
    return box.size() == 4 && std::all_of(box.begin(), box.end(), finite) ? box : std::vector<double>();
}

void read_cell_size(const JsonNode &node, double metres_per_unit, TileMatrix &matrix)
{
    const auto positive = [](const JsonNode &member)
    {
        const double value = member.number();
        if (value <= 0)
        {
            member.fail("is " + member.json().dump() + ", should be more than 0");
        }
        return value;
    };
    const auto cell_size = node.find("cellSize");
    const auto scale = node.find("scaleDenominator");
    if (!cell_size && !scale)
    {
        node.fail("has neither cellSize nor scaleDenominator");
    }
    matrix.cell_size = cell_size ? positive(*cell_size) : positive(*scale) * kStandardPixel / metres_per_unit;
    matrix.scale_denominator = scale ? positive(*scale) : matrix.cell_size * metres_per_unit / kStandardPixel;
}

void read_origin(const JsonNode &node, bool northing_first, bool geographic, TileMatrix &matrix)
{
    if (const auto corner = node.find("cornerOfOrigin"))
    {
        const std::string name = corner->text();
        if (name != "topLeft" && name != "bottomLeft")
        {
            corner->fail("is '" + name + "', should be topLeft or bottomLeft");
        }
        matrix.origin_is_bottom_left = name == "bottomLeft";
    }
    const JsonNode point = node.at({"pointOfOrigin", "topLeftCorner"});
    if (point.size() != 2)
    {
        point.fail("has " + std::to_string(point.size()) + " numbers, should have 2");
    }
    const double first = point.element(0).number();
    const double second = point.element(1).number();
    const bool swapped = northing_first && !(geographic && std::abs(first) > 90 && std::abs(second) <= 90);
    matrix.origin_x = swapped ? second : first;
    matrix.origin_y = swapped ? first : second;
}

void read_sizes(const JsonNode &node, TileMatrix &matrix)
{
    constexpr std::int64_t kMaxTile = std::numeric_limits<int>::max();
    matrix.tile_width = static_cast<int>(node.at("tileWidth").integer(1, kMaxTile));
    matrix.tile_height = static_cast<int>(node.at("tileHeight").integer(1, kMaxTile));
    matrix.matrix_width = node.at("matrixWidth").integer(1, kMaxMatrixPixels / matrix.tile_width);
    matrix.matrix_height = node.at("matrixHeight").integer(1, kMaxMatrixPixels / matrix.tile_height);
    if (!matrix.is_measurable())
    {
        node.fail("reaches beyond all numbers: cell size times matrix size should be finite");
    }
}

TileMatrix read_matrix(const JsonNode &node, const TileMatrixSet &set, const CrsFacts &crs)
{
    const auto variable = node.find({"variableMatrixWidths", "variableMatrixWidth"});
    if (variable && variable->size() > 0)
    {
        variable->fail("rows of different widths are not supported");
    }
    TileMatrix matrix;
    matrix.id = node.at({"id", "identifier"}).name(kMaxId);
    read_cell_size(node, crs.metres_per_unit, matrix);
    read_origin(node, set.northing_first, crs.geographic, matrix);
    read_sizes(node, matrix);
    return matrix;
}

nlohmann::ordered_json crs_json(const std::string &crs)
{
    const auto projjson = nlohmann::json::parse(crs, nullptr, false);
    const bool is_wkt = crs.find('[') != std::string::npos && crs.front() != '[';
    if (!projjson.is_object() && !is_wkt)
    {
        return crs;
    }
    auto json = nlohmann::ordered_json::object();
    json["wkt"] = is_wkt && !projjson.is_object() ? nlohmann::ordered_json(crs) : nlohmann::ordered_json(projjson);
    return json;
}

/// That of the set unless it contradicts the cell size, which is what places tiles and what not all readers know.
double placing_scale(const TileMatrix &matrix, double metres_per_unit)
{
    constexpr double kRounding = 1e-6;
    const double scale = matrix.cell_size * metres_per_unit / kStandardPixel;
    return std::abs(matrix.scale_denominator - scale) <= kRounding * scale ? matrix.scale_denominator : scale;
}

/// URI of the well-known scale set that has all scales of the set; empty where there is none. OGC 17-083r2, annex C.
std::string scale_set_of(const TileMatrixSet &set)
{
    constexpr double kCoarsest = 559082264.0287178;
    constexpr int kLevels = 25;
    constexpr double kRounding = 1e-6;
    static const std::map<std::string, std::string> kNames = {{"EPSG:3857", "GoogleMapsCompatible"},
                                                              {"EPSG:3395", "WorldMercatorWGS84"},
                                                              {"EPSG:4326", "GoogleCRS84Quad"},
                                                              {"OGC:CRS84", "GoogleCRS84Quad"}};
    const auto name = kNames.find(crs_name(set.crs));
    const auto is_in_it = [&set](const TileMatrix &matrix)
    {
        const double level = std::log2(kCoarsest / placing_scale(matrix, set.metres_per_unit));
        return std::abs(level - std::round(level)) <= kRounding && std::round(level) >= 0 &&
               std::round(level) < kLevels;
    };
    const bool all = name != kNames.end() && std::all_of(set.matrices.begin(), set.matrices.end(), is_in_it);
    return all ? "http://www.opengis.net/def/wkss/OGC/1.0/" + name->second : std::string();
}

/// Of the finest matrix, x before y.
nlohmann::ordered_json bounding_box_json(const TileMatrixSet &set)
{
    const TileMatrix &finest = set.matrices.back();
    const Bounds bounds = finest.bounds(finest.window());
    return {{"type", "BoundingBoxType"},
            {"crs", set.crs},
            {"lowerCorner", {bounds.min_x, bounds.min_y}},
            {"upperCorner", {bounds.max_x, bounds.max_y}}};
}

nlohmann::ordered_json matrix_json(const TileMatrix &matrix, double metres_per_unit, TmsJsonVersion version)
{
    const auto point = [](double x, double y) { return nlohmann::ordered_json::array({x, y}); };
    nlohmann::ordered_json json;
    if (version == TmsJsonVersion::Version1)
    {
        json["type"] = "TileMatrixType";
        json["identifier"] = matrix.id;
    }
    else
    {
        json["id"] = matrix.id;
    }
    json["scaleDenominator"] = placing_scale(matrix, metres_per_unit);
    json["cellSize"] = matrix.cell_size;
    if (version == TmsJsonVersion::Version1)
    {
        json["topLeftCorner"] = point(matrix.origin_x, matrix.top());
    }
    if (version == TmsJsonVersion::Version2 || matrix.origin_is_bottom_left)
    {
        json["cornerOfOrigin"] = matrix.origin_is_bottom_left ? "bottomLeft" : "topLeft";
        json["pointOfOrigin"] = point(matrix.origin_x, matrix.origin_y);
    }
    json["tileWidth"] = matrix.tile_width;
    json["tileHeight"] = matrix.tile_height;
    json["matrixWidth"] = matrix.matrix_width;
    json["matrixHeight"] = matrix.matrix_height;
    return json;
}

} // namespace

TileMatrixSet TileMatrixSet::from_json(const nlohmann::json &json, const DescribeCrs &describe_crs)
{
    return from_node(JsonNode(json), describe_crs);
}

TileMatrixSet TileMatrixSet::from_node(const JsonNode &root, const DescribeCrs &describe_crs)
{
    TileMatrixSet set;
    set.id = root.at({"id", "identifier"}).name(kMaxId);
    set.title = root.text_or_empty("title");
    set.uri = root.text_or_empty("uri");
    const JsonNode crs = root.at({"crs", "supportedCRS"});
    set.crs = crs_text(crs);
    if (names_a_file(set.crs))
    {
        crs.fail("names a file, which the CRS of a grid may not");
    }
    set.ordered_axes = read_axes(root);
    const auto by_name = set.ordered_axes.empty() ? std::nullopt : axis_points_north(set.ordered_axes.front());
    const CrsFacts facts = describe_crs(set.crs);
    set.northing_first = by_name ? *by_name : facts.northing_first;
    set.metres_per_unit = facts.metres_per_unit;

    const JsonNode matrices = root.at({"tileMatrices", "tileMatrix"});
    if (matrices.size() == 0 || matrices.size() > kMaxMatrices)
    {
        matrices.fail("has " + std::to_string(matrices.size()) + " tile matrices, should have from 1 to " +
                      std::to_string(kMaxMatrices));
    }
    std::set<std::string> ids;
    for (std::size_t i = 0; i < matrices.size(); ++i)
    {
        const JsonNode node = matrices.element(i);
        set.matrices.push_back(read_matrix(node, set, facts));
        if (!ids.insert(set.matrices.back().id).second)
        {
            node.at({"id", "identifier"}).fail("'" + set.matrices.back().id + "' is there twice, should be unique");
        }
    }
    std::stable_sort(set.matrices.begin(), set.matrices.end(),
                     [](const TileMatrix &a, const TileMatrix &b) { return a.cell_size > b.cell_size; });
    set.doubt =
        GridDoubt{set.northing_first, matrices.element(0).find("cellSize").has_value(), read_bounding_box(root)};
    return set;
}

nlohmann::ordered_json TileMatrixSet::to_json(TmsJsonVersion version) const
{
    const bool first = version == TmsJsonVersion::Version1;
    nlohmann::ordered_json json;
    if (first)
    {
        json["type"] = "TileMatrixSetType";
    }
    json[first ? "identifier" : "id"] = id;
    if (!title.empty())
    {
        json["title"] = title;
    }
    if (!uri.empty())
    {
        json["uri"] = uri;
    }
    json[first ? "supportedCRS" : "crs"] = first ? nlohmann::ordered_json(crs) : crs_json(crs);
    if (northing_first)
    {
        json["orderedAxes"] = {"X", "Y"};
    }
    else if (!ordered_axes.empty())
    {
        json["orderedAxes"] = ordered_axes;
    }
    if (const std::string scales = first ? scale_set_of(*this) : std::string(); !scales.empty())
    {
        json["wellKnownScaleSet"] = scales;
    }
    if (first && !matrices.empty())
    {
        json["boundingBox"] = bounding_box_json(*this);
    }
    nlohmann::ordered_json &list = json[first ? "tileMatrix" : "tileMatrices"];
    for (const TileMatrix &matrix : matrices)
    {
        list.push_back(matrix_json(matrix, metres_per_unit, version));
    }
    return json;
}

} // namespace tiledir::stac
