#include "driver/raster/warp/grid_source.h"

#include "driver/raster/crs/globe.h"
#include "driver/raster/crs/spatial_reference.h"
#include "driver/raster/resample/axis_table.h"
#include "driver/raster/resample/separable_resampler.h"
#include "driver/store/gdal_compat.h"
#include "driver/store/gdal_errors.h"

#include <cpl_string.h>
#include <gdal_alg.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

namespace tiledir::raster
{

namespace
{

/// Where both scales reach this, GDAL's warper does not widen its kernels.
constexpr double kPlainScale = 0.95;

/// Input pixels read at a time: few enough to be in the second-level cache still when they are resampled.
constexpr std::int64_t kMaxInput = std::int64_t{1} << 18;

using SharedTransformer = std::shared_ptr<void>;

bool same(const OGRSpatialReference &one, const OGRSpatialReference &other)
{
    const char *const options[] = {"IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES", nullptr};
    return one.IsSame(&other, options) != 0;
}

bool same_base(const OGRSpatialReference &one, const OGRSpatialReference &other)
{
    const std::unique_ptr<OGRSpatialReference> base(one.CloneGeogCS());
    const std::unique_ptr<OGRSpatialReference> other_base(other.CloneGeogCS());
    return base && other_base && same(*base, *other_base);
}

/// One axis of a matrix (x or y) and of the mosaic.
struct Axis
{
    double grid_origin = 0;
    double grid_step = 0;
    double input_origin = 0;
    double input_step = 0;
};

/// How the columns and rows of a matrix lie on those of a mosaic.
struct AxisMappings
{
    AxisMapping columns;
    AxisMapping rows;
};

void to_input_pixels(const Axis &axis, std::vector<double> &coordinates)
{
    for (double &each : coordinates)
    {
        each = (each - axis.input_origin) / axis.input_step;
    }
}

void to_grid_coordinates(const Axis &axis, std::vector<double> &positions)
{
    for (double &each : positions)
    {
        each = axis.grid_origin + each * axis.grid_step;
    }
}

/// An axis of a mosaic and a grid in one CRS.
AxisMapping straight_mapping(const Axis &axis)
{
    return [axis](std::vector<double> &positions)
    {
        to_grid_coordinates(axis, positions);
        to_input_pixels(axis, positions);
    };
}

/// Brings what lies more than half a turn from the middle of the input to its other side, where the input may reach
/// over the ends of the world. In pixels of the input, whose size this is.
AxisMapping around_the_globe(AxisMapping mapping, double size, double turn)
{
    return [mapping = std::move(mapping), size, turn](std::vector<double> &positions)
    {
        mapping(positions);
        const double beyond = std::max(0.0, turn - size) / 2;
        for (double &each : positions)
        {
            each += each < -beyond ? turn : each > size + beyond ? -turn : 0;
        }
    };
}

/// Through the transformer that GDAL's warper uses, along a line where the other coordinate is `across`.
AxisMapping projected_mapping(const Axis &axis, bool is_x, double across, SharedTransformer transformer)
{
    return [axis, is_x, across, transformer = std::move(transformer)](std::vector<double> &positions)
    {
        const store::GdalErrors errors;
        to_grid_coordinates(axis, positions);
        std::vector<double> others(positions.size(), across);
        std::vector<double> heights(positions.size());
        std::vector<int> success(positions.size());
        double *along = positions.data();
        GDALReprojectionTransform(transformer.get(), TRUE, static_cast<int>(positions.size()),
                                  is_x ? along : others.data(), is_x ? others.data() : along, heights.data(),
                                  success.data());
        for (std::size_t i = 0; i < positions.size(); ++i)
        {
            if (!success[i])
            {
                positions[i] = std::numeric_limits<double>::quiet_NaN();
            }
        }
        to_input_pixels(axis, positions);
    };
}

/// As GDAL's warper makes it: longitudes are those nearest to the middle of a geographic input, so that one may lie
/// across the antimeridian or count from 0 to 360. Null where there is none.
SharedTransformer make_transformer(const Mosaic &mosaic, OGRSpatialReference &input, OGRSpatialReference &grid)
{
    const store::GdalErrors errors;
    const stac::Bounds bounds = mosaic.bounds();
    CPLStringList options;
    if (input.IsGeographic() && bounds.max_x - bounds.min_x <= 360)
    {
        options.SetNameValue("CENTER_LONG", CPLSPrintf("%g", (bounds.min_x + bounds.max_x) / 2));
    }
    return SharedTransformer(GDALCreateReprojectionTransformerEx(OGRSpatialReference::ToHandle(&input),
                                                                 OGRSpatialReference::ToHandle(&grid), options.List()),
                             [](void *transformer)
                             {
                                 if (transformer != nullptr)
                                 {
                                     GDALDestroyReprojectionTransformer(transformer);
                                 }
                             });
}

/// nullopt where the axes do not map separately, or where that is in doubt.
std::optional<AxisMappings> axis_mappings(const Mosaic &mosaic, const std::string &grid_crs,
                                          const stac::TileMatrix &matrix)
{
    const auto &geotransform = mosaic.geotransform();
    const Axis x{matrix.origin_x, matrix.cell_size, geotransform[0], geotransform[1]};
    const Axis y{matrix.top(), -matrix.cell_size, geotransform[3], geotransform[5]};
    OGRSpatialReference input = spatial_reference(mosaic.crs_wkt());
    OGRSpatialReference grid = spatial_reference(grid_crs);
    const double turn = turn_of(input) / geotransform[1];
    const auto around = [&](AxisMapping mapping)
    { return turn > 0 ? around_the_globe(std::move(mapping), mosaic.width(), turn) : mapping; };
    if (same(input, grid) && !input.IsGeographic())
    {
        return AxisMappings{around(straight_mapping(x)), straight_mapping(y)};
    }
    if (!is_cylindrical(input) || !is_cylindrical(grid) || !same_base(input, grid))
    {
        return std::nullopt;
    }
    const SharedTransformer transformer = make_transformer(mosaic, input, grid);
    if (!transformer)
    {
        return std::nullopt;
    }
    // Any point will do that both CRSs know.
    const stac::Bounds bounds = mosaic.bounds();
    double middle_x = (bounds.min_x + bounds.max_x) / 2;
    double middle_y = (bounds.min_y + bounds.max_y) / 2;
    double height = 0;
    int known = FALSE;
    const store::GdalErrors errors;
    GDALReprojectionTransform(transformer.get(), FALSE, 1, &middle_x, &middle_y, &height, &known);
    if (!known)
    {
        return std::nullopt;
    }
    return AxisMappings{around(projected_mapping(x, true, middle_y, transformer)),
                        projected_mapping(y, false, middle_x, transformer)};
}

/// Has tables that agree with this GDAL's warper.
bool is_separable(Resampling resampling)
{
    return resampling == Resampling::Nearest || resampling == Resampling::Bilinear || resampling == Resampling::Cubic ||
           (resampling == Resampling::Average && TILEDIR_AVERAGE_NEEDS_CENTRE == 1);
}

class SeparableSource final : public PixelReader
{
public:
    SeparableSource(std::shared_ptr<const Mosaic> mosaic, AxisMappings mappings, Resampling resampling,
                    const KernelScale &scale, GDALDataType type)
        : m_reader(std::move(mosaic))
        , m_mappings(std::move(mappings))
        , m_resampling(resampling)
        , m_scale(scale)
        , m_widen(scale.x < kPlainScale || scale.y < kPlainScale)
        , m_type(type)
        , m_resampler(gap_rule(resampling, m_widen),
                      scale.y < 1 ? SeparableResampler::Order::RowsFirst : SeparableResampler::Order::ColumnsFirst)
    {
    }

    void read(const stac::PixelWindow &window, PixelBlock &into) override
    {
        const Mosaic &mosaic = m_reader.mosaic();
        const auto width = static_cast<int>(window.width);
        const auto height = static_cast<int>(window.height);
        if (into.width() != width || into.height() != height || into.bands() != mosaic.bands() || into.type() != m_type)
        {
            into = PixelBlock(width, height, mosaic.bands(), m_type);
        }
        map(window);
        resample(into);
    }

    void fetch(const stac::PixelWindow &window, std::int64_t most_bytes) override
    {
        map(window);
        for (const AxisStretch &cols : stretches(m_columns, std::numeric_limits<std::int64_t>::max()))
        {
            for (const AxisStretch &rows : stretches(m_rows, std::numeric_limits<std::int64_t>::max()))
            {
                m_reader.fetch({cols.input_first, rows.input_first, cols.input_size, rows.input_size}, most_bytes);
            }
        }
    }

    void forget() override { m_reader.forget(); }

private:
    /// Makes the tables those of a window.
    void map(const stac::PixelWindow &window)
    {
        const Mosaic &mosaic = m_reader.mosaic();
        if (m_columns.first != window.col || m_columns.size() != window.width)
        {
            m_columns = make_axis_table(m_resampling, window.col, window.width, mosaic.width(), m_scale.x, m_widen,
                                        m_mappings.columns, mosaic.turn());
        }
        if (m_rows.first != window.row || m_rows.size() != window.height)
        {
            m_rows = make_axis_table(m_resampling, window.row, window.height, mosaic.height(), m_scale.y, m_widen,
                                     m_mappings.rows);
        }
    }

    void resample(PixelBlock &into)
    {
        const std::vector<AxisStretch> columns = stretches(m_columns, std::numeric_limits<std::int64_t>::max());
        const std::int64_t inside = std::count(m_columns.inside.begin(), m_columns.inside.end(), 1) *
                                    std::count(m_rows.inside.begin(), m_rows.inside.end(), 1);
        if (inside != m_columns.size() * m_rows.size())
        {
            into.fill(std::numeric_limits<double>::quiet_NaN());
        }
        for (const AxisStretch &cols : columns)
        {
            for (const AxisStretch &rows : stretches(m_rows, kMaxInput / cols.input_size))
            {
                m_reader.read({cols.input_first, rows.input_first, cols.input_size, rows.input_size}, m_input, m_type);
                m_resampler.resample(m_input, m_columns, cols, m_rows, rows, into);
            }
        }
    }

    MosaicReader m_reader;
    AxisMappings m_mappings;
    Resampling m_resampling;
    KernelScale m_scale;
    bool m_widen;
    GDALDataType m_type;
    SeparableResampler m_resampler;
    AxisTable m_columns;
    AxisTable m_rows;
    PixelBlock m_input;
};

} // namespace

std::unique_ptr<PixelReader> open_grid_source(std::shared_ptr<const Mosaic> mosaic, const std::string &grid_crs,
                                              const stac::TileMatrix &matrix, Resampling resampling,
                                              const KernelScale &scale, GDALDataType type)
{
    if (is_separable(resampling))
    {
        if (std::optional<AxisMappings> mappings = axis_mappings(*mosaic, grid_crs, matrix))
        {
            return std::make_unique<SeparableSource>(std::move(mosaic), std::move(*mappings), resampling, scale, type);
        }
    }
    return open_warp_source(std::move(mosaic), grid_crs, matrix, resampling, scale, type);
}

} // namespace tiledir::raster
