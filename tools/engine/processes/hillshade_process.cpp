#include "tools/engine/processes/hillshade_process.h"

#include "driver/raster/pixels/mem_dataset.h"
#include "driver/store/gdal_errors.h"
#include "stac/error.h"
#include "tools/engine/processes/elevations.h"
#include "tools/engine/processes/ground_cell_size.h"

#include <fmt/format.h>
#include <gdal_utils.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace tiledir::engine
{
namespace
{

constexpr int kPixelBuffer = 1;
/// gdaldem is fastest where its rows stay in the processor's cache.
constexpr std::int64_t kRowsAtOnce = 64;

struct DemOptionsFree
{
    void operator()(GDALDEMProcessingOptions *options) const { GDALDEMProcessingOptionsFree(options); }
};
using DemOptions = std::unique_ptr<GDALDEMProcessingOptions, DemOptionsFree>;

DemOptions parse(const std::vector<std::string> &arguments)
{
    CPLStringList list;
    for (const auto &argument : arguments)
    {
        list.AddString(argument.c_str());
    }
    const store::GdalErrors errors;
    DemOptions options(GDALDEMProcessingOptionsNew(list.List(), nullptr));
    if (!options)
    {
        throw InputError(fmt::format("parameters: gdaldem hillshade refuses them: {}", errors.cause("unknown cause")));
    }
    return options;
}

bool has_nan(const raster::PixelBlock &block, int first_row, int rows)
{
    int found = 0;
    for (int row = first_row; row < first_row + rows; ++row)
    {
        const auto *pixels = block.row<float>(0, row);
        for (int col = 0; col < block.width(); ++col)
        {
            found |= std::isnan(pixels[col]) ? 1 : 0;
        }
    }
    return found != 0;
}

class HillshadeProcess : public Process
{
public:
    explicit HillshadeProcess(const ProcessSetting &setting)
    {
        const Json &parameters = setting.parameters;
        const std::string variant = parameters["variant"];
        double z = parameters["z"];
        if (parameters["scale"] == "auto")
        {
            m_ground.emplace(setting.grid_crs);
            z *= metres_of_unit(setting.inputs.at("dem")->unit());
        }
        const double scale = m_ground ? 1.0 : parameters["scale"].get<double>();
        m_arguments = {
            "-of", "MEM", "-z", fmt::format("{}", z), "-s", fmt::format("{}", scale), "-alg", parameters["algorithm"]};
        if (variant != "multidirectional")
        {
            m_arguments.insert(m_arguments.end(), {"-az", fmt::format("{}", parameters["azimuth"].get<double>())});
        }
        if (variant != "igor")
        {
            m_arguments.insert(m_arguments.end(), {"-alt", fmt::format("{}", parameters["altitude"].get<double>())});
        }
        if (variant != "regular")
        {
            m_arguments.emplace_back("-" + variant);
        }
        if (parameters["compute_edges"])
        {
            m_arguments.emplace_back("-compute_edges");
        }
        parse(m_arguments);
    }

    ProcessOutput output() const override { return {1, GDT_Byte, 0, 1, 255, {"hillshade"}}; }

    int pixel_buffer() const override { return kPixelBuffer; }

    raster::PixelBlock run(const stac::TileMatrix &matrix, const stac::PixelWindow &window,
                           const std::map<std::string, raster::PixelBlock> &inputs) const override
    {
        const raster::PixelBlock &dem = inputs.at("dem");
        raster::PixelBlock shaded(static_cast<int>(window.width), static_cast<int>(window.height), 1, GDT_Byte);
        const DemOptions options = parse(m_arguments);
        for (std::int64_t row = window.row; row < window.row + window.height;)
        {
            GroundStrip strip{window.row, window.height, matrix.cell_size, matrix.cell_size};
            if (m_ground)
            {
                strip = m_ground->strip_of(matrix, row);
            }
            const std::int64_t end =
                std::min({strip.first_row + strip.rows, window.row + window.height, row + kRowsAtOnce});
            shade(dem, static_cast<int>(row - window.row), static_cast<int>(end - row), strip, *options, shaded);
            row = end;
        }
        return shaded;
    }

private:
    /// Rows [first, first + rows) of `shaded`, whose neighbours above and below are in `dem`.
    static void shade(const raster::PixelBlock &dem, int first, int rows, const GroundStrip &strip,
                      const GDALDEMProcessingOptions &options, raster::PixelBlock &shaded)
    {
        const std::array<double, 6> geotransform = {0, strip.cell_width, 0, 0, 0, -strip.cell_height};
        // gdaldem takes half the time where no nodata value is given.
        std::optional<double> nodata;
        if (has_nan(dem, first, rows + 2 * kPixelBuffer))
        {
            nodata = std::numeric_limits<double>::quiet_NaN();
        }
        const raster::MemDataset source(dem, first, rows + 2 * kPixelBuffer, geotransform, nodata);
        const store::GdalErrors errors;
        int usage_error = 0;
        const raster::DatasetPtr result(GDALDataset::FromHandle(
            GDALDEMProcessing("", source.handle(), "hillshade", nullptr, &options, &usage_error)));
        const CPLErr read = result == nullptr
                                ? CE_Failure
                                : result->GetRasterBand(1)->RasterIO(GF_Read, kPixelBuffer, kPixelBuffer,
                                                                     shaded.width(), rows, shaded.data(0, first),
                                                                     shaded.width(), rows, GDT_Byte, 0, 0, nullptr);
        if (read != CE_None)
        {
            throw TileError(fmt::format("hillshade: gdaldem fails: {}", errors.cause("unknown cause")));
        }
    }

    std::optional<GroundCellSize> m_ground; ///< with scale: auto
    std::vector<std::string> m_arguments;
};

} // namespace

ProcessKind hillshade_process()
{
    return {
        "hillshade",
        "Shaded relief of a digital elevation model (gdaldem hillshade)",
        Schema({
            Key("azimuth", KeyType::Number, "direction the light comes from, degrees clockwise from north")
                .otherwise(315.0)
                .within(0, 360),
            Key("altitude", KeyType::Number, "height of the light above the horizon, degrees")
                .otherwise(45.0)
                .within(0, 90),
            Key("z", KeyType::Number, "vertical exaggeration").otherwise(1.0).within(1e-9, 1e9),
            Key("scale", KeyType::Number,
                "horizontal units a vertical unit, as gdaldem's -s (111120 for degrees and metres); auto: true on the "
                "ground at "
                "every latitude")
                .otherwise("auto")
                .one_of({"auto"})
                .within(1e-9, 1e9),
            Key("algorithm", KeyType::Text, "how slopes are computed")
                .otherwise("Horn")
                .one_of({"Horn", "ZevenbergenThorne"}),
            Key("variant", KeyType::Text, "combination of lights; multidirectional has no azimuth, igor no altitude")
                .otherwise("regular")
                .one_of({"regular", "combined", "multidirectional", "igor"}),
            Key("compute_edges", KeyType::Boolean, "also shade pixels beside nodata").otherwise(false),
        }),
        {"dem"},
        [](const ProcessSetting &setting) { return std::make_unique<HillshadeProcess>(setting); },
        true};
}

} // namespace tiledir::engine
