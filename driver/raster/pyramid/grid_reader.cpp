#include "driver/raster/pyramid/grid_reader.h"

#include "driver/raster/crs/spatial_reference.h"
#include "driver/raster/pixels/nodata_value.h"
#include "stac/error.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace tiledir::raster
{

namespace
{

/// Input pixels around a window that its kernels may reach; more where the input is finer.
constexpr double kMargin = 16;

/// Whether a mosaic holds all that the raster's pixels say: numbers that a floating-point type holds, no alpha.
bool is_plain(const SourcePixels &pixels)
{
    return !pixels.alpha && !GDALDataTypeIsComplex(pixels.type) && pixels.type != GDT_Int64 &&
           pixels.type != GDT_UInt64;
}

/// That holds each number of the type.
GDALDataType working_type(GDALDataType type)
{
    return GDALDataTypeUnion(type, GDT_Float32) == GDT_Float32 ? GDT_Float32 : GDT_Float64;
}

/// Which windows are surely empty.
class Coverage
{
public:
    Coverage(const SourceRaster &source, const SourcePixels &pixels, const std::string &source_crs,
             const std::string &grid_crs, const stac::TileMatrix &matrix, double reach)
        : m_raster(source.open())
        , m_pixels(pixels)
        , m_matrix(matrix)
        , m_from(spatial_reference(grid_crs))
        , m_to(spatial_reference(source_crs))
        , m_reach(reach)
    {
        GDALGetGeoTransform(GDALDataset::ToHandle(m_raster.get()), m_geotransform.data());
    }

    /// All of the raster is in these bounds on the grid.
    void lies_in(std::vector<stac::Bounds> parts) { m_parts = std::move(parts); }

    bool is_empty(const stac::PixelWindow &window) const
    {
        if (is_beside_all_parts(window))
        {
            return true;
        }
        stac::Bounds bounds;
        try
        {
            bounds = transform_bounds(m_matrix.bounds(window), m_from, m_to);
        }
        catch (const InputError &)
        {
            return false;
        }
        if (bounds.empty())
        {
            return false; // it crosses the antimeridian
        }
        const double cell_x = m_geotransform[1];
        const double cell_y = -m_geotransform[5];
        const auto left = std::floor((bounds.min_x - m_geotransform[0]) / cell_x - m_reach);
        const auto top = std::floor((m_geotransform[3] - bounds.max_y) / cell_y - m_reach);
        const auto right = std::ceil((bounds.max_x - m_geotransform[0]) / cell_x + m_reach);
        const auto bottom = std::ceil((m_geotransform[3] - bounds.min_y) / cell_y + m_reach);
        const auto col = static_cast<int>(std::max(0.0, left));
        const auto row = static_cast<int>(std::max(0.0, top));
        const auto width = static_cast<int>(std::min<double>(m_raster->GetRasterXSize(), right)) - col;
        const auto height = static_cast<int>(std::min<double>(m_raster->GetRasterYSize(), bottom)) - row;
        // Longitudes may be counted from another meridian: what lies beside may lie on it all the same.
        return width > 0 && height > 0 && m_pixels.are_absent(*m_raster, {col, row, width, height});
    }

private:
    bool is_beside_all_parts(const stac::PixelWindow &window) const
    {
        const stac::Bounds bounds = m_matrix.bounds(window.grown(static_cast<std::int64_t>(kMargin)));
        return !m_parts.empty() &&
               std::none_of(m_parts.begin(), m_parts.end(),
                            [&](const stac::Bounds &part) { return bounds.intersection(part).has_value(); });
    }

    DatasetPtr m_raster;
    SourcePixels m_pixels;
    const stac::TileMatrix &m_matrix;
    OGRSpatialReference m_from;
    OGRSpatialReference m_to;
    double m_reach;
    std::array<double, 6> m_geotransform{};
    std::vector<stac::Bounds> m_parts; ///< none: not known
};

std::optional<double> number_of(const std::optional<NodataValue> &value)
{
    return value ? std::optional(value->number()) : std::nullopt;
}

/// Puts NaN's meaning into the words of a format.
class PlainPixels
{
public:
    explicit PlainPixels(const TileFormat &format)
        : m_format(format)
    {
        if (format.nodata)
        {
            const double nodata = format.nodata->number();
            format.nodata->write(format.type, m_nodata.data());
            const double step = holds_below(format.type, nodata) ? -1 : 1;
            NodataValue(nodata + step).write(format.type, m_beside.data());
        }
    }

    template <class T> PixelBlock of(const PixelBlock &plain) const
    {
        PixelBlock block(plain.width(), plain.height(), m_format.block_bands(), m_format.type);
        const std::size_t count = static_cast<std::size_t>(plain.width()) * plain.height();
        for (int band = 0; band < plain.bands(); ++band)
        {
            GDALCopyWords64(plain.data(band), plain.type(), plain.pixel_size(), block.data(band), block.type(),
                            block.pixel_size(), static_cast<GPtrDiff_t>(count));
            set_nodata(plain.row<T>(band, 0), block, band, count);
        }
        if (m_format.block_bands() > plain.bands())
        {
            set_opacity(plain.row<T>(0, 0), block, count);
        }
        return block;
    }

private:
    static bool holds_below(GDALDataType type, double value)
    {
        std::array<unsigned char, 16> pixel{};
        double back = 0;
        NodataValue(value - 1).write(type, pixel.data());
        GDALCopyWords(pixel.data(), type, 0, &back, GDT_Float64, 0, 1);
        return back == value - 1;
    }

    template <class T> void set_nodata(const T *plain, PixelBlock &block, int band, std::size_t count) const
    {
        const auto size = static_cast<std::size_t>(block.pixel_size());
        unsigned char *pixel = block.data(band);
        const bool is_number = m_format.nodata && !m_format.nodata->is_nan();
        for (std::size_t i = 0; i < count; ++i, pixel += size)
        {
            if (std::isnan(plain[i]))
            {
                std::copy_n(m_nodata.data(), size, pixel);
            }
            // A kernel may have made it of valid pixels: GDAL's warper moves it by one, too.
            else if (is_number && std::equal(pixel, pixel + size, m_nodata.data()))
            {
                std::copy_n(m_beside.data(), size, pixel);
            }
        }
    }

    template <class T> void set_opacity(const T *plain, PixelBlock &block, std::size_t count) const
    {
        std::vector<unsigned char> opacity(count);
        std::transform(plain, plain + count, opacity.begin(),
                       [](T value) { return static_cast<unsigned char>(std::isnan(value) ? 0 : 255); });
        GDALCopyWords64(opacity.data(), GDT_Byte, 1, block.data(block.bands() - 1), block.type(), block.pixel_size(),
                        static_cast<GPtrDiff_t>(count));
    }

    const TileFormat &m_format;
    std::array<unsigned char, 16> m_nodata{};
    std::array<unsigned char, 16> m_beside{};
};

class GridReader final : public PixelReader
{
public:
    GridReader(std::unique_ptr<PixelReader> source, Coverage coverage, const TilePyramid &pyramid, bool plain)
        : m_source(std::move(source))
        , m_coverage(std::move(coverage))
        , m_format(pyramid.pyramid().format)
        , m_to_format(m_format)
        , m_plain(plain)
    {
    }

    void read(const stac::PixelWindow &window, PixelBlock &into) override
    {
        if (!m_plain)
        {
            m_source->read(window, into);
            make_mask(into);
            return;
        }
        m_source->read(window, m_pixels);
        into = m_pixels.type() == GDT_Float64 ? m_to_format.of<double>(m_pixels) : m_to_format.of<float>(m_pixels);
    }

    bool is_empty(const stac::PixelWindow &window) override { return m_coverage.is_empty(window); }
    void forget() override { m_source->forget(); }

private:
    /// Any opacity is data.
    void make_mask(PixelBlock &pixels) const
    {
        if (!m_format.mask)
        {
            return;
        }
        std::vector<double> row(static_cast<std::size_t>(pixels.width()));
        for (int line = 0; line < pixels.height(); ++line)
        {
            unsigned char *mask = pixels.data(pixels.bands() - 1, line);
            GDALCopyWords(mask, pixels.type(), pixels.pixel_size(), row.data(), GDT_Float64, sizeof(double),
                          pixels.width());
            std::transform(row.begin(), row.end(), row.begin(), [](double value) { return value > 0 ? 255.0 : 0.0; });
            GDALCopyWords(row.data(), GDT_Float64, sizeof(double), mask, pixels.type(), pixels.pixel_size(),
                          pixels.width());
        }
    }

    std::unique_ptr<PixelReader> m_source;
    Coverage m_coverage;
    const TileFormat &m_format;
    PlainPixels m_to_format;
    bool m_plain;
    PixelBlock m_pixels;
};

} // namespace

WarpedRaster::WarpedRaster(const SourceRaster &source, const SourcePixels &pixels, const std::string &grid_crs)
    : m_source(source)
    , m_pixels(pixels)
{
    const std::string name = source.dataset().GetDescription();
    m_mosaic = std::make_shared<const Mosaic>(Mosaic::open({name.empty() ? "source" : name}, std::nullopt,
                                                           [&source](const std::string &)
                                                           { return GDALDatasetUniquePtr(source.open().release()); }));
    m_suggested = suggested_output(*m_mosaic, grid_crs);
}

std::unique_ptr<PixelReader> WarpedRaster::open(const TilePyramid &pyramid, Resampling resampling) const
{
    const TileFormat &format = pyramid.pyramid().format;
    const std::string &grid_crs = pyramid.pyramid().grid.crs;
    const stac::TileMatrix &matrix = pyramid.pyramid().matrix(pyramid.pyramid().finest);
    const KernelScale scale = kernel_scale(*m_mosaic, grid_crs, matrix);
    const double reach = kMargin + 4 / std::min({1.0, scale.x, scale.y});
    Coverage coverage(m_source, m_pixels, m_mosaic->crs_wkt(), grid_crs, matrix, reach);
    if (std::vector<stac::Bounds> parts = m_suggested.parts_on(pyramid.pyramid().grid); parts.size() > 1)
    {
        coverage.lies_in(std::move(parts));
    }
    if (is_plain(m_pixels))
    {
        return std::make_unique<GridReader>(
            open_grid_source(m_mosaic, grid_crs, matrix, resampling, scale, working_type(m_pixels.type)),
            std::move(coverage), pyramid, true);
    }
    if (m_pixels.signed_bytes)
    {
        throw InputError("source: has signed bytes as GDAL before 3.7 has them, and alpha or numbers of 64 bits; "
                         "gdal_translate -ot Int16 makes numbers of them that the warper knows");
    }
    WarpedBands bands;
    bands.type = format.type;
    bands.bands = m_pixels.bands - (m_pixels.alpha ? 1 : 0);
    bands.source_has_alpha = m_pixels.alpha;
    bands.opacity = format.alpha || format.mask;
    bands.source_nodata = number_of(m_pixels.nodata);
    bands.nodata = number_of(format.nodata);
    return std::make_unique<GridReader>(open_warp_source(m_source.open(), grid_crs, matrix, resampling, scale, bands),
                                        std::move(coverage), pyramid, false);
}

} // namespace tiledir::raster
