#include "driver/raster/pyramid/native_source.h"

#include "driver/raster/crs/spatial_reference.h"
#include "driver/raster/input/raster_file.h"
#include "driver/raster/input/source_reading.h"
#include "driver/raster/pixels/color_table.h"
#include "driver/raster/pixels/nodata_value.h"
#include "stac/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>

namespace tiledir::raster
{

namespace
{

constexpr double kMaxDrift = 0.01; ///< pixels, over the whole raster
constexpr const char *kNowhere =
    "ENGCRS[\"Unknown place\",EDATUM[\"Unknown\"],CS[Cartesian,2],AXIS[\"(E)\",east,ORDER[1]],"
    "AXIS[\"(N)\",north,ORDER[2]],LENGTHUNIT[\"metre\",1]]";

std::array<double, 6> geotransform_of(GDALDataset &dataset)
{
    std::array<double, 6> values{};
    if (GDALGetGeoTransform(GDALDataset::ToHandle(&dataset), values.data()) != CE_None)
    {
        return {0, 1, 0, 0, 0, -1};
    }
    return values;
}

void check_geotransform(const std::array<double, 6> &values, int width, int height)
{
    constexpr const char *kAdvice = "; creation option GRID or gdalwarp brings it onto a grid";
    if (values[2] != 0 || values[4] != 0)
    {
        throw InputError(std::string("source: is rotated or sheared") + kAdvice);
    }
    if (!(values[1] > 0) || !(values[5] < 0))
    {
        throw InputError(std::string("source: is not north-up") + kAdvice);
    }
    const double drift = std::abs(values[1] + values[5]) / values[1] * std::max(width, height);
    if (!(drift < kMaxDrift))
    {
        throw InputError("source: its pixels are " + std::string(CPLSPrintf("%.15g x %.15g", values[1], -values[5])) +
                         ", not square" + kAdvice);
    }
}

std::string crs_of(GDALDataset &dataset, bool placed)
{
    const OGRSpatialReference *crs = dataset.GetSpatialRef();
    if (!placed || crs == nullptr || crs->IsEmpty())
    {
        return kNowhere;
    }
    const std::string code = authority_code(*crs);
    if (code.rfind("EPSG:", 0) == 0 && same_crs(spatial_reference(code), *crs))
    {
        return "http://www.opengis.net/def/crs/EPSG/0/" + code.substr(5);
    }
    return code == "OGC:CRS84" ? "http://www.opengis.net/def/crs/OGC/1.3/CRS84" : wkt(*crs);
}

/// Pixels of one value get another.
class NodataChange
{
public:
    NodataChange(GDALDataType type, const NodataValue &before, const NodataValue &after)
        : m_size(static_cast<std::size_t>(GDALGetDataTypeSizeBytes(type)))
        , m_nan(before.is_nan())
        , m_type(type)
    {
        before.write(type, m_before.data());
        after.write(type, m_after.data());
    }

    void apply(unsigned char *pixels, std::size_t count) const
    {
        for (std::size_t i = 0; i < count; ++i, pixels += m_size)
        {
            if (m_nan ? is_nan(pixels) : std::memcmp(pixels, m_before.data(), m_size) == 0)
            {
                std::memcpy(pixels, m_after.data(), m_size);
            }
        }
    }

private:
    bool is_nan(const unsigned char *pixel) const
    {
        double value = 0;
        GDALCopyWords(pixel, m_type, 0, &value, GDT_Float64, 0, 1);
        return std::isnan(value);
    }

    std::size_t m_size;
    bool m_nan;
    GDALDataType m_type;
    std::array<unsigned char, 16> m_before{};
    std::array<unsigned char, 16> m_after{};
};

bool is_empty(GDALRasterBand &band, const stac::PixelWindow &window)
{
    const int status = band.GetDataCoverageStatus(static_cast<int>(window.col), static_cast<int>(window.row),
                                                  static_cast<int>(window.width), static_cast<int>(window.height),
                                                  GDAL_DATA_COVERAGE_STATUS_DATA, nullptr);
    return status == GDAL_DATA_COVERAGE_STATUS_EMPTY;
}

class NativeReader final : public PixelReader
{
public:
    NativeReader(DatasetPtr dataset, const SourcePixels &pixels, const TilePyramid &pyramid)
        : m_dataset(std::move(dataset))
        , m_pyramid(pyramid)
        , m_pixels(pixels)
    {
        const TileFormat &format = pyramid.pyramid().format;
        if (pixels.nodata && format.nodata && *pixels.nodata != *format.nodata)
        {
            m_change.emplace(format.type, *pixels.nodata, *format.nodata);
        }
    }

    void read(const stac::PixelWindow &window, PixelBlock &into) override
    {
        const TileFormat &format = m_pyramid.pyramid().format;
        const stac::PixelWindow raster{0, 0, m_dataset->GetRasterXSize(), m_dataset->GetRasterYSize()};
        const auto part = window.intersection(raster);
        const auto width = static_cast<int>(window.width);
        const auto height = static_cast<int>(window.height);
        into = part && *part == window ? PixelBlock(width, height, format.block_bands(), format.type)
                                       : m_pyramid.empty_block(width, height);
        if (part)
        {
            read_part(*part, window, into);
        }
        if (m_change)
        {
            m_change->apply(into.data(), into.size() / into.pixel_size());
        }
    }

    bool is_empty(const stac::PixelWindow &window) override
    {
        const stac::PixelWindow raster{0, 0, m_dataset->GetRasterXSize(), m_dataset->GetRasterYSize()};
        const auto part = window.intersection(raster);
        if (!part)
        {
            return true;
        }
        return m_pixels.are_absent(*m_dataset, *part);
    }

    void forget() override { m_dataset->FlushCache(false); }

private:
    bool has_made_alpha() const
    {
        const TileFormat &format = m_pyramid.pyramid().format;
        return format.alpha && format.bands > m_dataset->GetRasterCount();
    }

    void read_part(const stac::PixelWindow &part, const stac::PixelWindow &window, PixelBlock &block)
    {
        const SourceReading reading;
        const auto col = static_cast<int>(part.col);
        const auto row = static_cast<int>(part.row);
        const auto width = static_cast<int>(part.width);
        const auto height = static_cast<int>(part.height);
        const std::size_t offset = static_cast<std::size_t>(part.row - window.row) * block.row_size() +
                                   static_cast<std::size_t>(part.col - window.col) * block.pixel_size();
        const auto line = static_cast<GSpacing>(block.row_size());
        CPLErr status = m_dataset->RasterIO(GF_Read, col, row, width, height, block.data() + offset, width, height,
                                            block.type(), m_dataset->GetRasterCount(), nullptr, block.pixel_size(),
                                            line, static_cast<GSpacing>(block.band_size()), nullptr);
        const TileFormat &format = m_pyramid.pyramid().format;
        if (status == CE_None && (format.mask || has_made_alpha()))
        {
            status = read_opacity(part, block, offset);
        }
        if (status == CE_None && m_pixels.signed_bytes)
        {
            make_signed(part, block, offset);
        }
        reading.check(status, *m_dataset, m_dataset->GetDescription());
    }

    void make_signed(const stac::PixelWindow &part, PixelBlock &block, std::size_t offset)
    {
        std::vector<double> values(static_cast<std::size_t>(part.width));
        for (int band = 0; band < m_dataset->GetRasterCount(); ++band)
        {
            for (int line = 0; line < part.height && is_signed_byte(*m_dataset->GetRasterBand(band + 1)); ++line)
            {
                unsigned char *pixels = block.data(band) + offset + line * block.row_size();
                const auto width = static_cast<int>(part.width);
                GDALCopyWords(pixels, block.type(), block.pixel_size(), values.data(), GDT_Float64, sizeof(double),
                              width);
                for (double &value : values)
                {
                    value = value > 127 ? value - 256 : value;
                }
                GDALCopyWords(values.data(), GDT_Float64, sizeof(double), pixels, block.type(), block.pixel_size(),
                              width);
            }
        }
    }

    /// Into the last band: 255 where there is data.
    CPLErr read_opacity(const stac::PixelWindow &part, PixelBlock &block, std::size_t offset)
    {
        const auto width = static_cast<int>(part.width);
        const auto height = static_cast<int>(part.height);
        std::vector<unsigned char> mask(static_cast<std::size_t>(width) * height, 255);
        if (m_pixels.mask)
        {
            const CPLErr status = m_dataset->GetRasterBand(1)->GetMaskBand()->RasterIO(
                GF_Read, static_cast<int>(part.col), static_cast<int>(part.row), width, height, mask.data(), width,
                height, GDT_Byte, 0, 0, nullptr);
            if (status != CE_None)
            {
                return status;
            }
            std::replace_if(
                mask.begin(), mask.end(), [](unsigned char value) { return value != 0; }, 255);
        }
        unsigned char *last = block.data(block.bands() - 1) + offset;
        for (int line = 0; line < height; ++line)
        {
            GDALCopyWords(mask.data() + static_cast<std::size_t>(line) * width, GDT_Byte, 1,
                          last + line * block.row_size(), block.type(), block.pixel_size(), width);
        }
        return CE_None;
    }

    DatasetPtr m_dataset;
    const TilePyramid &m_pyramid;
    SourcePixels m_pixels;
    std::optional<NodataChange> m_change;
};

} // namespace

SourcePixels SourcePixels::of(GDALDataset &dataset)
{
    SourcePixels pixels;
    pixels.bands = dataset.GetRasterCount();
    if (pixels.bands == 0)
    {
        throw InputError("source: has no bands");
    }
    GDALRasterBand &first = *dataset.GetRasterBand(1);
    pixels.type = first.GetRasterDataType();
    pixels.nodata = NodataValue::of(first);
    for (int band = 2; band <= pixels.bands; ++band)
    {
        GDALRasterBand &each = *dataset.GetRasterBand(band);
        pixels.type = GDALDataTypeUnion(pixels.type, each.GetRasterDataType());
        pixels.mixed_nodata = pixels.mixed_nodata || NodataValue::of(each) != pixels.nodata;
    }
    for (int band = 1; band <= pixels.bands; ++band)
    {
        pixels.signed_bytes = pixels.signed_bytes || is_signed_byte(*dataset.GetRasterBand(band));
    }
    pixels.type = pixels.signed_bytes ? GDALDataTypeUnion(pixels.type, GDT_Int16) : pixels.type;
    pixels.alpha = pixels.bands > 1 && dataset.GetRasterBand(pixels.bands)->GetColorInterpretation() == GCI_AlphaBand;
    if (pixels.alpha)
    {
        pixels.nodata.reset();
        pixels.mixed_nodata = false;
    }
    const int flags = first.GetMaskFlags();
    pixels.mask = !pixels.nodata && !pixels.alpha && (flags & GMF_PER_DATASET) != 0 && (flags & GMF_ALPHA) == 0;
    pixels.colors = pixels.bands == 1 ? colors_of(first) : nullptr;
    return pixels;
}

bool SourcePixels::are_absent(GDALDataset &dataset, const stac::PixelWindow &window) const
{
    // What is not there reads as 0 where nothing says what it is.
    if (!alpha && !mask && (!nodata || mixed_nodata))
    {
        return false;
    }
    for (int band = 1; band <= bands; ++band)
    {
        if (!is_empty(*dataset.GetRasterBand(band), window))
        {
            return false;
        }
    }
    return !mask || is_empty(*dataset.GetRasterBand(1)->GetMaskBand(), window);
}

stac::TileMatrixSet native_grid(GDALDataset &dataset, int tile_size, int metatile)
{
    const std::array<double, 6> values = geotransform_of(dataset);
    const int width = dataset.GetRasterXSize();
    const int height = dataset.GetRasterYSize();
    check_geotransform(values, width, height);
    stac::TileMatrixSet grid;
    grid.id = "native";
    grid.title = "Pixels of the source";
    grid.crs = crs_of(dataset, true);
    const stac::CrsFacts facts = crs_facts(grid.crs);
    grid.northing_first = facts.northing_first;
    grid.metres_per_unit = facts.metres_per_unit;
    const std::int64_t side = std::int64_t{tile_size} * metatile;
    if (side > stac::kMaxTileSize)
    {
        throw InputError("metatile: " + std::to_string(metatile) + " tiles of " + std::to_string(tile_size) +
                         " pixels are more than 65536 pixels a side");
    }
    stac::TileMatrix matrix;
    matrix.cell_size = values[1];
    matrix.scale_denominator = values[1] * facts.metres_per_unit / stac::kStandardPixel;
    matrix.origin_x = values[0];
    matrix.origin_y = values[3];
    matrix.tile_width = static_cast<int>(side);
    matrix.tile_height = static_cast<int>(side);
    matrix.matrix_width = (width + side - 1) / side;
    matrix.matrix_height = (height + side - 1) / side;
    grid.matrices.push_back(matrix);
    while (matrix.matrix_width > 1 || matrix.matrix_height > 1)
    {
        matrix.cell_size *= 2;
        matrix.scale_denominator *= 2;
        matrix.matrix_width = (matrix.matrix_width + 1) / 2;
        matrix.matrix_height = (matrix.matrix_height + 1) / 2;
        grid.matrices.push_back(matrix);
    }
    std::reverse(grid.matrices.begin(), grid.matrices.end());
    for (std::size_t level = 0; level < grid.matrices.size(); ++level)
    {
        grid.matrices[level].id = std::to_string(level);
    }
    return grid;
}

bool is_nowhere(const stac::TileMatrixSet &grid)
{
    return grid.crs == kNowhere;
}

std::unique_ptr<PixelReader> open_native_reader(const SourceRaster &source, const SourcePixels &pixels,
                                                const TilePyramid &pyramid)
{
    return std::make_unique<NativeReader>(source.open(), pixels, pyramid);
}

} // namespace tiledir::raster
