#include "tools/engine/processes/terrain/gdaldem_process.h"

#include "driver/raster/pixels/mem_dataset.h"
#include "driver/store/gdal_errors.h"
#include "stac/error.h"
#include "tools/engine/processes/terrain/ground_cell_size.h"

#include <cpl_string.h>
#include <cpl_vsi.h>
#include <fmt/format.h>
#include <gdal_utils.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace tiledir::engine
{
namespace
{

/// gdaldem is fastest where its rows stay in the processor's cache.
constexpr std::int64_t kRowsAtOnce = 64;

struct DemOptionsFree
{
    void operator()(GDALDEMProcessingOptions *options) const { GDALDEMProcessingOptionsFree(options); }
};
using DemOptions = std::unique_ptr<GDALDEMProcessingOptions, DemOptionsFree>;

DemOptions parse(const GdaldemMode &mode)
{
    CPLStringList list;
    list.AddString("-of");
    list.AddString("MEM");
    for (const auto &argument : mode.arguments)
    {
        list.AddString(argument.c_str());
    }
    const store::GdalErrors errors;
    DemOptions options(GDALDEMProcessingOptionsNew(list.List(), nullptr));
    if (!options)
    {
        throw InputError(
            fmt::format("parameters: gdaldem {} refuses them: {}", mode.name, errors.cause("unknown cause")));
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

/// A text as a file that GDAL opens.
class MemoryFile
{
public:
    explicit MemoryFile(std::string text)
        : m_text(std::move(text))
        , m_path(fmt::format("/vsimem/tiledir/{}", static_cast<const void *>(this)))
    {
        VSIFCloseL(
            VSIFileFromMemBuffer(m_path.c_str(), reinterpret_cast<GByte *>(m_text.data()), m_text.size(), FALSE));
    }
    ~MemoryFile() { VSIUnlink(m_path.c_str()); }
    MemoryFile(const MemoryFile &) = delete;
    MemoryFile &operator=(const MemoryFile &) = delete;

    const char *path() const { return m_path.c_str(); }

private:
    std::string m_text;
    std::string m_path;
};

class GdaldemProcess : public Process
{
public:
    GdaldemProcess(const ProcessSetting &setting, GdaldemMode mode)
        : m_mode(std::move(mode))
    {
        if (m_mode.on_ground)
        {
            m_ground.emplace(setting.grid_crs);
        }
        if (!m_mode.color_table.empty())
        {
            m_colors.emplace(m_mode.color_table);
        }
        parse(m_mode);
    }

    ProcessOutput output() const override { return m_mode.output; }

    int pixel_buffer() const override { return m_mode.pixel_buffer; }

    raster::PixelBlock run(const stac::TileMatrix &matrix, const stac::PixelWindow &window,
                           const std::map<std::string, raster::PixelBlock> &inputs) const override
    {
        const raster::PixelBlock &dem = inputs.at("dem");
        raster::PixelBlock made(static_cast<int>(window.width), static_cast<int>(window.height), m_mode.output.bands(),
                                m_mode.output.type);
        const DemOptions options = parse(m_mode);
        for (std::int64_t row = window.row; row < window.row + window.height;)
        {
            GroundStrip strip{window.row, window.height, matrix.cell_size, matrix.cell_size};
            if (m_ground)
            {
                strip = m_ground->strip_of(matrix, row);
            }
            const std::int64_t end =
                std::min({strip.first_row + strip.rows, window.row + window.height, row + kRowsAtOnce});
            make_rows(dem, static_cast<int>(row - window.row), static_cast<int>(end - row), strip, *options, made);
            row = end;
        }
        return made;
    }

private:
    /// Rows [first, first + rows), whose neighbours above and below are in `dem`.
    void make_rows(const raster::PixelBlock &dem, int first, int rows, const GroundStrip &strip,
                   const GDALDEMProcessingOptions &options, raster::PixelBlock &made) const
    {
        const int buffer = m_mode.pixel_buffer;
        const std::array<double, 6> geotransform = {0, strip.cell_width, 0, 0, 0, -strip.cell_height};
        // gdaldem takes half the time where no nodata value is given.
        std::optional<double> nodata;
        if (buffer > 0 && has_nan(dem, first, rows + 2 * buffer))
        {
            nodata = std::numeric_limits<double>::quiet_NaN();
        }
        const raster::MemDataset source(dem, first, rows + 2 * buffer, geotransform, nodata);
        const store::GdalErrors errors;
        int usage_error = 0;
        const raster::DatasetPtr result(GDALDataset::FromHandle(GDALDEMProcessing(
            "", source.handle(), m_mode.name.c_str(), m_colors ? m_colors->path() : nullptr, &options, &usage_error)));
        const CPLErr read = result == nullptr
                                ? CE_Failure
                                : result->RasterIO(GF_Read, buffer, buffer, made.width(), rows, made.data(0, first),
                                                   made.width(), rows, made.type(), made.bands(), nullptr, 0, 0,
                                                   static_cast<GSpacing>(made.band_size()), nullptr);
        if (read != CE_None)
        {
            throw TileError(fmt::format("{}: gdaldem fails: {}", m_mode.name, errors.cause("unknown cause")));
        }
    }

    const GdaldemMode m_mode;
    std::optional<GroundCellSize> m_ground;
    std::optional<MemoryFile> m_colors;
};

} // namespace

std::unique_ptr<Process> make_gdaldem_process(const ProcessSetting &setting, GdaldemMode mode)
{
    return std::make_unique<GdaldemProcess>(setting, std::move(mode));
}

Key slope_algorithm_key()
{
    return Key("algorithm", KeyType::Text, "how slopes are computed")
        .otherwise("Horn")
        .one_of({"Horn", "ZevenbergenThorne"});
}

Key edges_key()
{
    return Key("compute_edges", KeyType::Boolean, "also pixels beside nodata").otherwise(false);
}

Key scale_key()
{
    return Key("scale", KeyType::Number,
               "horizontal units a vertical unit, as gdaldem's -s (111120 for degrees and metres); auto: true on the "
               "ground at every latitude")
        .otherwise("auto")
        .one_of({"auto"})
        .within(1e-9, 1e9);
}

std::vector<std::string> neighbour_arguments(const Json &parameters)
{
    std::vector<std::string> arguments;
    if (parameters.contains("algorithm"))
    {
        arguments = {"-alg", parameters["algorithm"].get<std::string>()};
    }
    if (parameters["compute_edges"])
    {
        arguments.emplace_back("-compute_edges");
    }
    return arguments;
}

} // namespace tiledir::engine
