#include "driver/raster/tile/tile_codec.h"

#include "driver/raster/pixels/mem_dataset.h"
#include "driver/raster/pixels/memory_file.h"
#include "driver/raster/tile/tiff_splice.h"
#include "driver/raster/tile/tile_format.h"
#include "driver/store/gdal_errors.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal_priv.h>
#include <ogr_spatialref.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <list>
#include <random>

namespace tiledir::raster
{

namespace
{

/// Larger tiles are cut, so that other programs may read a part.
constexpr std::int64_t kMaxPixelsOfOneBlock = 1048576;

GDALDriver *driver_named(const std::string &name)
{
    GDALDriver *driver = GetGDALDriverManager()->GetDriverByName(name.c_str());
    if (driver == nullptr)
    {
        throw TileError(name + ": GDAL has no such driver");
    }
    return driver;
}

CPLStringList creation_options(const TileFormat &format)
{
    CPLStringList options;
    for (const auto &[key, value] : format.options)
    {
        options.SetNameValue(key.c_str(), value.c_str());
    }
    if (format.driver != "GTiff")
    {
        return options;
    }
    if (!format.option("TILED") && !format.option("BLOCKXSIZE") && !format.option("BLOCKYSIZE"))
    {
        if (static_cast<std::int64_t>(format.width) * format.height <= kMaxPixelsOfOneBlock)
        {
            options.SetNameValue("BLOCKYSIZE", std::to_string(format.height).c_str());
        }
        else
        {
            options.SetNameValue("TILED", "YES");
            options.SetNameValue("BLOCKXSIZE", "512");
            options.SetNameValue("BLOCKYSIZE", "512");
        }
    }
    return options;
}

struct KnownCrs
{
    std::string wkt;
    OGRSpatialReference crs;
};

KnownCrs crs_of(const std::string &wkt)
{
    KnownCrs known;
    known.wkt = wkt;
    if (known.crs.importFromWkt(wkt.c_str()) != OGRERR_NONE)
    {
        throw TileError("GDAL does not understand the CRS " + wkt);
    }
    known.crs.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    return known;
}

/// Of this thread, since to make one from WKT costs more than a tile.
const OGRSpatialReference &spatial_reference_of(const std::string &wkt)
{
    // Made by a call, so that GDAL's own data of the thread are older, and outlive it at the thread's end.
    thread_local KnownCrs known = crs_of(wkt);
    if (known.wkt != wkt)
    {
        known = crs_of(wkt);
    }
    return known.crs;
}

void set_nodata(GDALRasterBandH band, GDALDataType type, const NodataValue &nodata)
{
    if (type == GDT_Int64)
    {
        GDALSetRasterNoDataValueAsInt64(band, nodata.as_int64());
    }
    else if (type == GDT_UInt64)
    {
        GDALSetRasterNoDataValueAsUInt64(band, nodata.as_uint64());
    }
    else
    {
        GDALSetRasterNoDataValue(band, nodata.number());
    }
}

void describe(GDALDataset &dataset, const TileFormat &format, const stac::Bounds &bounds)
{
    double geotransform[6] = {bounds.min_x,
                              (bounds.max_x - bounds.min_x) / format.width,
                              0, //
                              bounds.max_y,
                              0,
                              -(bounds.max_y - bounds.min_y) / format.height};
    GDALSetGeoTransform(&dataset, geotransform);
    if (!format.crs_wkt.empty())
    {
        dataset.SetSpatialRef(&spatial_reference_of(format.crs_wkt));
    }
    if (format.nodata)
    {
        for (int band = 1; band <= format.bands; ++band)
        {
            set_nodata(GDALGetRasterBand(&dataset, band), format.type, *format.nodata);
        }
    }
    if (format.alpha)
    {
        dataset.GetRasterBand(format.bands)->SetColorInterpretation(GCI_AlphaBand);
    }
    if (format.colors)
    {
        GDALColorTable table;
        for (std::size_t index = 0; index < format.colors->size(); ++index)
        {
            table.SetColorEntry(static_cast<int>(index), &(*format.colors)[index]);
        }
        dataset.GetRasterBand(1)->SetColorTable(&table);
    }
}

/// The block's last band becomes the dataset's mask.
bool write_mask(GDALDataset &dataset, const TileFormat &format, const PixelBlock &pixels)
{
    auto *data = const_cast<unsigned char *>(pixels.data(format.bands)); // only read from
    GDALRasterBand *mask =
        dataset.CreateMaskBand(GMF_PER_DATASET) == CE_None ? dataset.GetRasterBand(1)->GetMaskBand() : nullptr;
    return mask != nullptr && mask->RasterIO(GF_Write, 0, 0, format.width, format.height, data, format.width,
                                             format.height, format.type, 0, 0, nullptr) == CE_None;
}

bool create(GDALDriver &driver, const std::string &name, const TileFormat &format, const PixelBlock &pixels,
            const stac::Bounds &bounds)
{
    const DatasetPtr dataset(driver.Create(name.c_str(), format.width, format.height, format.bands, format.type,
                                           creation_options(format).List()));
    if (!dataset)
    {
        return false;
    }
    describe(*dataset, format, bounds);
    if (format.mask && !write_mask(*dataset, format, pixels))
    {
        return false;
    }
    auto *data = const_cast<unsigned char *>(pixels.data()); // only read from
    return dataset->RasterIO(GF_Write, 0, 0, format.width, format.height, data, format.width, format.height,
                             format.type, format.bands, nullptr, 0, 0, 0, nullptr) == CE_None;
}

bool create_copy(GDALDriver &driver, const std::string &name, const TileFormat &format, const PixelBlock &pixels,
                 const stac::Bounds &bounds)
{
    const MemDataset source(pixels, format.bands, std::nullopt);
    describe(*source.dataset(), format, bounds);
    if (format.mask && !write_mask(*source.dataset(), format, pixels))
    {
        return false;
    }
    const DatasetPtr dataset(
        driver.CreateCopy(name.c_str(), source.dataset(), FALSE, creation_options(format).List(), nullptr, nullptr));
    return dataset != nullptr;
}

store::Bytes encode_with_gdal(const TileFormat &format, const PixelBlock &pixels, const stac::Bounds &bounds)
{
    const store::GdalErrors errors;
    const CPLConfigOptionSetter no_side_files("GDAL_PAM_ENABLED", "NO", false);
    const CPLConfigOptionSetter mask_inside("GDAL_TIFF_INTERNAL_MASK", "YES", false);
    const CPLConfigOptionSetter checked_before("GDAL_VALIDATE_CREATION_OPTIONS", "NO", false);
    GDALDriver *driver = driver_named(format.driver);
    const MemoryFile file(format_extension(format.driver));
    const bool made = format.driver == "GTiff" ? create(*driver, file.name(), format, pixels, bounds)
                                               : create_copy(*driver, file.name(), format, pixels, bounds);
    vsi_l_offset size = 0;
    const GByte *data = VSIGetMemFileBuffer(file.name().c_str(), &size, FALSE);
    if (!made || errors.failed() || data == nullptr)
    {
        throw TileError("cannot encode as " + format.driver + ": " + errors.cause("GDAL gives no reason"));
    }
    return store::Bytes(data, data + size);
}

/// From a constant through slopes with more and more noise: levels of compression differ on it.
PixelBlock trial_pixels(const TileFormat &format)
{
    PixelBlock block(format.width, format.height, format.bands, format.type);
    std::minstd_rand random(1);
    const std::size_t pixels = block.size() / block.pixel_size();
    for (std::size_t i = 0; i < pixels; ++i)
    {
        const std::size_t noise = 1 + 200 * i / pixels;
        const std::size_t slope = i / 50 % 40 + (i % 11) * (i % 7) / 9;
        const auto value = static_cast<double>(slope + (random() >> 8) % noise);
        GDALCopyWords(&value, GDT_Float64, 0, block.data() + i * block.pixel_size(), format.type, 0, 1);
    }
    return block;
}

/// CPLZLibDeflate's levels that may be those of libtiff, which asks libdeflate for a level more from 6 to 9 (its
/// default) and zlib for just the one that is wanted.
std::array<int, 2> levels_of(const TileFormat &format)
{
    const int level = std::atoi(format.option("ZLEVEL").value_or("6").c_str());
    return {level >= 6 && level <= 9 ? level + 1 : level, level};
}

/// Null where it would not write just what GDAL writes.
std::optional<TiffSplice> make_splice(const TileFormat &format)
{
    const stac::Bounds bounds = {-1234567.891, -1e-3, 1e7 / 3, 98765.4321};
    const PixelBlock plain(format.width, format.height, format.bands, format.type);
    const PixelBlock trial = trial_pixels(format);
    const store::Bytes plain_tile = encode_with_gdal(format, plain, {1, 2, 3, 4});
    if (!TiffSplice::of(format, plain_tile, 1))
    {
        return std::nullopt;
    }
    const store::Bytes trial_tile = encode_with_gdal(format, trial, bounds);
    for (const int level : levels_of(format))
    {
        auto splice = TiffSplice::of(format, plain_tile, level);
        if (splice->tile(plain, {1, 2, 3, 4}) == plain_tile && splice->tile(trial, bounds) == trial_tile)
        {
            return splice;
        }
    }
    return std::nullopt;
}

/// Of this thread: made at the first tile of a format. Null where GDAL must encode.
const TiffSplice *splice_of(const TileFormat &format)
{
    constexpr std::size_t kMaxFormats = 8;
    thread_local std::list<std::pair<TileFormat, std::optional<TiffSplice>>> known;
    if (format.driver != "GTiff" || format.mask)
    {
        return nullptr;
    }
    auto found = std::find_if(known.begin(), known.end(), [&](const auto &entry) { return entry.first == format; });
    if (found == known.end())
    {
        known.emplace_front(format, make_splice(format));
        found = known.begin();
        if (known.size() > kMaxFormats)
        {
            known.pop_back();
        }
    }
    return found->second ? &*found->second : nullptr;
}

/// Nothing is left out by the mask, the last band.
bool is_whole(const PixelBlock &pixels)
{
    const double valid = 255;
    std::array<unsigned char, 16> pixel{};
    GDALCopyWords(&valid, GDT_Float64, 0, pixel.data(), pixels.type(), 0, 1);
    const unsigned char *mask = pixels.data(pixels.bands() - 1);
    const auto size = static_cast<std::size_t>(pixels.pixel_size());
    return std::equal(mask, mask + size, pixel.data()) && std::equal(mask + size, mask + pixels.band_size(), mask);
}

/// All bands but the mask.
PixelBlock without_mask(const PixelBlock &pixels)
{
    PixelBlock plain(pixels.width(), pixels.height(), pixels.bands() - 1, pixels.type());
    std::copy_n(pixels.data(), plain.size(), plain.data());
    return plain;
}

/// The mask, the last band, as opacity of the type.
PixelBlock with_opacity(const PixelBlock &pixels)
{
    PixelBlock block = pixels;
    if (pixels.type() == GDT_UInt16)
    {
        constexpr std::uint16_t kStep = 257; // 65535 / 255
        auto *opacity = block.row<std::uint16_t>(block.bands() - 1, 0);
        std::transform(opacity, opacity + block.band_size() / sizeof(std::uint16_t), opacity,
                       [](std::uint16_t value) { return static_cast<std::uint16_t>(value * kStep); });
    }
    return block;
}

} // namespace

store::Bytes encode_tile(const TileFormat &format, const PixelBlock &pixels, const stac::Bounds &bounds)
{
    if (pixels.width() != format.width || pixels.height() != format.height || pixels.bands() != format.block_bands() ||
        pixels.type() != format.type)
    {
        throw TileError("cannot encode as " + format.driver + ": " +
                        shape_text(pixels.width(), pixels.height(), pixels.bands()) + " where " +
                        shape_text(format.width, format.height, format.block_bands()) + " are expected");
    }
    if (format.mask && is_whole(pixels))
    {
        TileFormat plain = format;
        plain.mask = false;
        return encode_tile(plain, without_mask(pixels), bounds);
    }
    if (format.mask && format.mask_is_alpha)
    {
        TileFormat plain = format;
        plain.mask = false;
        plain.alpha = true;
        ++plain.bands;
        return encode_tile(plain, with_opacity(pixels), bounds);
    }
    if (const TiffSplice *splice = splice_of(format))
    {
        if (auto bytes = splice->tile(pixels, bounds))
        {
            return *std::move(bytes);
        }
    }
    return encode_with_gdal(format, pixels, bounds);
}

} // namespace tiledir::raster
