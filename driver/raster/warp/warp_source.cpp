#include "driver/raster/warp/grid_source.h"

#include "driver/raster/crs/spatial_reference.h"
#include "driver/raster/input/mosaic_dataset.h"
#include "driver/raster/input/source_reading.h"
#include "driver/raster/pixels/mem_dataset.h"
#include "driver/store/gdal_errors.h"
#include "stac/error.h"

#include <cpl_string.h>
#include <gdal_alg.h>
#include <gdalwarper.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace tiledir::raster
{

namespace
{

struct TransformerDestroy
{
    void operator()(void *transformer) const { GDALDestroyGenImgProjTransformer(transformer); }
};

struct OptionsDestroy
{
    void operator()(GDALWarpOptions *options) const { GDALDestroyWarpOptions(options); }
};

/// GDAL's transformer between the mosaic's pixels and the matrix's, seen from a window of the matrix. The window's
/// place is added to pixel numbers, not to coordinates: a pixel's coordinates are the same to the last bit in any
/// window. Columns of the source are counted from its margin on.
struct WindowTransformer
{
    double col = 0;
    double row = 0;
    double margin = 0;
    void *whole = nullptr;

    static int transform(void *self, int to_source, int count, double *x, double *y, double *z, int *success)
    {
        const auto &window = *static_cast<const WindowTransformer *>(self);
        const auto move = [&](double cols, double rows)
        {
            for (int i = 0; i < count; ++i)
            {
                x[i] += cols;
                y[i] += rows;
            }
        };
        to_source ? move(window.col, window.row) : move(-window.margin, 0);
        const int done = GDALGenImgProjTransform(window.whole, to_source, count, x, y, z, success);
        to_source ? move(window.margin, 0) : move(-window.col, -window.row);
        return done;
    }
};

using TransformerPtr = std::unique_ptr<void, TransformerDestroy>;

TransformerPtr make_transformer(GDALDataset &raster, const std::string &grid_crs, const stac::TileMatrix &matrix)
{
    const store::GdalErrors errors;
    CPLStringList options;
    options.SetNameValue("DST_SRS", wkt(spatial_reference(grid_crs)).c_str());
    TransformerPtr transformer(
        GDALCreateGenImgProjTransformer2(GDALDataset::ToHandle(&raster), nullptr, options.List()));
    if (!transformer)
    {
        throw InputError("input: cannot be brought to the grid's coordinate reference system: " +
                         errors.cause("unknown cause"));
    }
    const std::array<double, 6> geotransform{matrix.origin_x, matrix.cell_size, 0, matrix.top(), 0, -matrix.cell_size};
    GDALSetGenImgProjTransformerDstGeoTransform(transformer.get(), geotransform.data());
    return transformer;
}

/// Source pixels that GDAL reads around those a window maps to: the kernel's reach, and what sampling the window's
/// edges may miss.
int source_extra(Resampling resampling, const KernelScale &scale)
{
    constexpr int kSamplingError = 16;
    const double smaller = std::min({scale.x, scale.y, 1.0});
    return static_cast<int>(std::ceil((kernel_radius(resampling) + 1) / smaller)) + kSamplingError;
}

/// True for the kernels that have a faster variant for chunks without nodata, which rounds differently.
bool has_variants(Resampling resampling)
{
    return resampling == Resampling::Bilinear || resampling == Resampling::Cubic ||
           resampling == Resampling::CubicSpline || resampling == Resampling::Lanczos;
}

class WarpSource final : public PixelReader
{
public:
    /// `whole` maps the raster's pixels but for `margin` columns at both of its sides.
    WarpSource(DatasetPtr raster, TransformerPtr whole, int margin, Resampling resampling, const KernelScale &scale,
               const WarpedBands &bands)
        : m_bands(bands.bands + (bands.opacity ? 1 : 0))
        , m_type(bands.type)
        , m_raster(std::move(raster))
        , m_whole(std::move(whole))
        , m_options(GDALCreateWarpOptions())
    {
        m_transformer.whole = m_whole.get();
        m_transformer.margin = margin;
        m_options->eResampleAlg = warp_algorithm(resampling);
        m_options->eWorkingDataType = m_type;
        m_options->hSrcDS = GDALDataset::ToHandle(m_raster.get());
        m_options->pfnTransformer = WindowTransformer::transform;
        m_options->pTransformerArg = &m_transformer;
        GDALWarpInitDefaultBandMapping(m_options.get(), bands.bands);
        m_options->nSrcAlphaBand = bands.source_has_alpha ? bands.bands + 1 : 0;
        m_options->nDstAlphaBand = bands.opacity ? bands.bands + 1 : 0;
        if (bands.source_nodata)
        {
            GDALWarpInitSrcNoDataReal(m_options.get(), *bands.source_nodata);
        }
        if (bands.nodata)
        {
            GDALWarpInitDstNoDataReal(m_options.get(), *bands.nodata);
        }

        set("XSCALE", CPLSPrintf("%.17g", scale.x));
        set("YSCALE", CPLSPrintf("%.17g", scale.y));
        set("INIT_DEST", bands.nodata ? "NO_DATA" : "0");
        set("UNIFIED_SRC_NODATA", "NO");
        set("ERROR_OUT_IF_EMPTY_SOURCE_WINDOW", "FALSE");
        set("SAMPLE_GRID", "YES");
        set("SOURCE_EXTRA", CPLSPrintf("%d", source_extra(resampling, scale)));
        set("NUM_THREADS", "1");
        if (has_variants(resampling))
        {
            set("USE_GENERAL_CASE", "YES");
        }
    }

    void forget() override
    {
        if (auto *mosaic = dynamic_cast<MosaicDataset *>(m_raster.get()))
        {
            mosaic->reader().forget();
        }
        m_raster->FlushCache(false);
    }

    void read(const stac::PixelWindow &window, PixelBlock &into) override
    {
        const auto width = static_cast<int>(window.width);
        const auto height = static_cast<int>(window.height);
        if (into.width() != width || into.height() != height || into.bands() != m_bands || into.type() != m_type)
        {
            into = PixelBlock(width, height, m_bands, m_type);
        }
        const SourceReading reading;
        const MemDataset output(into, std::nullopt); // written to: INIT_DEST sets all of it
        m_transformer.col = static_cast<double>(window.col);
        m_transformer.row = static_cast<double>(window.row);
        m_options->hDstDS = output.handle();
        set("SAMPLE_STEPS", CPLSPrintf("%d", std::clamp(std::max(width, height) / 16, 21, 101)));

        GDALWarpOperation operation;
        const bool done = operation.Initialize(m_options.get()) == CE_None &&
                          operation.ChunkAndWarpImage(0, 0, width, height) == CE_None;
        m_options->hDstDS = nullptr;
        if (auto *const mosaic = dynamic_cast<MosaicDataset *>(m_raster.get()); mosaic != nullptr && !done)
        {
            mosaic->throw_failure();
        }
        reading.check(done ? CE_None : CE_Failure, *m_raster, m_raster->GetDescription());
    }

private:
    void set(const char *key, const char *value)
    {
        m_options->papszWarpOptions = CSLSetNameValue(m_options->papszWarpOptions, key, value);
    }

    int m_bands;
    GDALDataType m_type;
    DatasetPtr m_raster;
    TransformerPtr m_whole;
    WindowTransformer m_transformer;
    std::unique_ptr<GDALWarpOptions, OptionsDestroy> m_options;
};

} // namespace

std::unique_ptr<PixelReader> open_warp_source(std::shared_ptr<const Mosaic> mosaic, const std::string &grid_crs,
                                              const stac::TileMatrix &matrix, Resampling resampling,
                                              const KernelScale &scale, GDALDataType type)
{
    WarpedBands bands;
    bands.type = type;
    bands.bands = mosaic->bands();
    bands.source_nodata = std::numeric_limits<double>::quiet_NaN();
    bands.nodata = bands.source_nodata;
    MosaicDataset placed(mosaic, type);
    TransformerPtr whole = make_transformer(placed, grid_crs, matrix);
    // Kernels reach over the ends of a mosaic that is all around the globe.
    const int margin = std::min(mosaic->turn(), mosaic->turn() > 0 ? source_extra(resampling, scale) : 0);
    return std::make_unique<WarpSource>(DatasetPtr(new MosaicDataset(std::move(mosaic), type, margin)),
                                        std::move(whole), margin, resampling, scale, bands);
}

std::unique_ptr<PixelReader> open_warp_source(DatasetPtr raster, const std::string &grid_crs,
                                              const stac::TileMatrix &matrix, Resampling resampling,
                                              const KernelScale &scale, const WarpedBands &bands)
{
    TransformerPtr whole = make_transformer(*raster, grid_crs, matrix);
    return std::make_unique<WarpSource>(std::move(raster), std::move(whole), 0, resampling, scale, bands);
}

} // namespace tiledir::raster
