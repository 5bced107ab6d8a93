#include "driver/raster/pyramid/overview.h"

#include "driver/raster/pixels/mem_dataset.h"
#include "driver/store/gdal_errors.h"
#include "stac/error.h"

#include <cpl_conv.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace tiledir::raster
{

namespace
{

/// All pixels lie above the value, or all below.
template <class T> bool all_beside(const PixelBlock &block, double value)
{
    const auto *pixels = reinterpret_cast<const T *>(block.data());
    const std::size_t count = block.size() / sizeof(T);
    T least = pixels[0];
    T most = pixels[0];
    for (std::size_t i = 1; i < count; ++i)
    {
        least = std::min(least, pixels[i]);
        most = std::max(most, pixels[i]);
    }
    return least > value || most < value;
}

/// GDAL averages by 2 some 40 times faster without nodata, to the same pixels where none is nodata and no average can
/// be.
bool nodata_takes_no_part(const PixelBlock &finer, int ratio, Resampling resampling, double nodata)
{
    if (ratio != 2 || resampling != Resampling::Average || finer.size() == 0)
    {
        return false;
    }
    if (finer.type() == GDT_Byte)
    {
        return all_beside<std::uint8_t>(finer, nodata);
    }
    return finer.type() == GDT_UInt16 && all_beside<std::uint16_t>(finer, nodata);
}

/// The last band in bytes, 255 where it is not 0.
PixelBlock mask_of(const PixelBlock &block)
{
    PixelBlock mask(block.width(), block.height(), 1, GDT_Byte);
    std::vector<double> row(static_cast<std::size_t>(block.width()));
    for (int line = 0; line < block.height(); ++line)
    {
        GDALCopyWords(block.data(block.bands() - 1, line), block.type(), block.pixel_size(), row.data(), GDT_Float64,
                      sizeof(double), block.width());
        std::transform(row.begin(), row.end(), mask.data(0, line),
                       [](double value) { return static_cast<unsigned char>(value == 0 ? 0 : 255); });
    }
    return mask;
}

/// A mask's pixels as a block's last band.
void set_mask(const PixelBlock &mask, PixelBlock &block)
{
    GDALCopyWords64(mask.data(), GDT_Byte, 1, block.data(block.bands() - 1), block.type(), block.pixel_size(),
                    static_cast<GPtrDiff_t>(mask.size()));
}

/// Pixels below an overview as GDAL's dataset, with their mask where that leaves out some.
class Source
{
public:
    Source(const PixelBlock &finer, std::optional<double> nodata, LastBand last)
        : m_pixels(finer, finer.bands() - (last == LastBand::Mask ? 1 : 0), nodata)
    {
        if (last == LastBand::Alpha)
        {
            dataset().GetRasterBand(finer.bands())->SetColorInterpretation(GCI_AlphaBand);
        }
        if (last != LastBand::Mask)
        {
            return;
        }
        m_mask = mask_of(finer);
        m_has_gaps = !m_mask.all_equal(255);
        if (m_has_gaps && !write_mask())
        {
            throw TileError("overview: a memory dataset takes no mask");
        }
    }

    GDALDataset &dataset() const { return *m_pixels.dataset(); }
    int bands() const { return m_pixels.dataset()->GetRasterCount(); }
    const PixelBlock &mask() const { return m_mask; }
    bool has_gaps() const { return m_has_gaps; }

private:
    bool write_mask()
    {
        return dataset().CreateMaskBand(GMF_PER_DATASET) == CE_None &&
               dataset().GetRasterBand(1)->GetMaskBand()->RasterIO(GF_Write, 0, 0, m_mask.width(), m_mask.height(),
                                                                   m_mask.data(), m_mask.width(), m_mask.height(),
                                                                   GDT_Byte, 0, 0, nullptr) == CE_None;
    }

    MemDataset m_pixels;
    PixelBlock m_mask;
    bool m_has_gaps = false;
};

/// A pixel of a mask is valid that has any part of a valid one below it: a kernel that reaches far would blur it.
Resampling resampling_of_mask(Resampling resampling)
{
    return resampling == Resampling::Nearest ? resampling : Resampling::Average;
}

/// Sets the mask of an overview from that of the pixels below it.
template <class Resample> void set_coarser_mask(const Source &source, PixelBlock &coarser, Resample &&resample)
{
    PixelBlock mask(coarser.width(), coarser.height(), 1, GDT_Byte);
    mask.fill(255);
    if (source.has_gaps())
    {
        mask = mask_of(resample(source.mask()));
    }
    set_mask(mask, coarser);
}

bool needs_mask_of_nodata(const PixelBlock &block, const std::optional<NodataValue> &nodata, LastBand last)
{
    return nodata && last == LastBand::Plain && (block.type() == GDT_Int64 || block.type() == GDT_UInt64);
}

/// A band, and as the second one a mask that leaves out its nodata.
PixelBlock band_and_mask(const PixelBlock &block, int band, const std::uint64_t nodata)
{
    constexpr std::uint64_t kValid = 255;
    PixelBlock pixels(block.width(), block.height(), 2, block.type());
    std::copy_n(block.data(band), block.band_size(), pixels.data());
    const auto *begin = pixels.row<std::uint64_t>(0, 0);
    std::transform(begin, begin + block.band_size() / sizeof(nodata), pixels.row<std::uint64_t>(1, 0),
                   [nodata](std::uint64_t pixel) { return pixel == nodata ? 0 : kValid; });
    return pixels;
}

/// Of 64-bit integers, band by band. A valid pixel does not become nodata: GDAL moves those by one, too.
template <class Resample>
PixelBlock by_mask_of_nodata(const PixelBlock &finer, const NodataValue &nodata, Resample &&resample)
{
    std::uint64_t value = 0; // or an Int64's two's complement
    nodata.write(finer.type(), &value);
    const std::uint64_t least = finer.type() == GDT_Int64 ? std::uint64_t{1} << 63 : 0;
    const std::uint64_t beside = value == least ? value + 1 : value - 1;
    PixelBlock coarser;
    for (int band = 0; band < finer.bands(); ++band)
    {
        const PixelBlock made = resample(band_and_mask(finer, band, value));
        if (band == 0)
        {
            coarser = PixelBlock(made.width(), made.height(), finer.bands(), finer.type());
        }
        const auto *pixel = made.row<std::uint64_t>(0, 0);
        std::transform(pixel, pixel + made.band_size() / sizeof(value), made.row<std::uint64_t>(1, 0),
                       coarser.row<std::uint64_t>(band, 0),
                       [=](std::uint64_t here, std::uint64_t valid) {
                           return valid == 0 ? value : here == value ? beside : here;
                       });
    }
    return coarser;
}

} // namespace

PixelBlock make_overview(const PixelBlock &finer, int ratio, Resampling resampling,
                         const std::optional<NodataValue> &nodata, LastBand last)
{
    if (ratio < 1 || finer.width() % ratio != 0 || finer.height() % ratio != 0)
    {
        throw TileError("overview: " + std::to_string(finer.width()) + " x " + std::to_string(finer.height()) +
                        " pixels are not a whole multiple of " + std::to_string(ratio));
    }

    if (needs_mask_of_nodata(finer, nodata, last))
    {
        return by_mask_of_nodata(finer, *nodata,
                                 [&](const PixelBlock &band)
                                 { return make_overview(band, ratio, resampling, std::nullopt, LastBand::Mask); });
    }
    const bool without =
        !nodata || (last == LastBand::Plain && nodata_takes_no_part(finer, ratio, resampling, nodata->number()));
    const std::optional<double> number = without ? std::nullopt : std::optional(nodata->number());
    const store::GdalErrors errors;
    const CPLConfigOptionSetter one_thread("GDAL_NUM_THREADS", "1", false);
    PixelBlock coarser(finer.width() / ratio, finer.height() / ratio, finer.bands(), finer.type());
    const Source source(finer, number, last);
    const MemDataset target(coarser, number);
    const char *method = name(resampling);
    for (int band = 1; band <= source.bands(); ++band)
    {
        GDALRasterBandH overview = GDALGetRasterBand(target.handle(), band);
        if (GDALRegenerateOverviews(source.dataset().GetRasterBand(band), 1, &overview, method, nullptr, nullptr) !=
            CE_None)
        {
            throw TileError(std::string("overview (") + method + "): " + errors.cause("GDAL gives no reason"));
        }
    }
    if (last == LastBand::Mask)
    {
        set_coarser_mask(source, coarser,
                         [&](const PixelBlock &mask)
                         { return make_overview(mask, ratio, resampling_of_mask(resampling), std::nullopt); });
    }
    return coarser;
}

PixelBlock make_overview(const PixelBlock &finer, const BlockPart &part, int width, int height, Resampling resampling,
                         const std::optional<NodataValue> &nodata, LastBand last)
{
    if (needs_mask_of_nodata(finer, nodata, last))
    {
        return by_mask_of_nodata(
            finer, *nodata,
            [&](const PixelBlock &band)
            { return make_overview(band, part, width, height, resampling, std::nullopt, LastBand::Mask); });
    }
    const store::GdalErrors errors;
    PixelBlock coarser(width, height, finer.bands(), finer.type());
    const Source source(finer, nodata ? std::optional(nodata->number()) : std::nullopt, last);
    GDALRasterIOExtraArg extra;
    INIT_RASTERIO_EXTRA_ARG(extra);
    extra.bFloatingPointWindowValidity = TRUE;
    extra.dfXOff = part.col;
    extra.dfYOff = part.row;
    extra.dfXSize = part.width;
    extra.dfYSize = part.height;
    const int left = static_cast<int>(std::floor(part.col));
    const int top = static_cast<int>(std::floor(part.row));
    const int right = std::min(finer.width(), static_cast<int>(std::ceil(part.col + part.width)));
    const int bottom = std::min(finer.height(), static_cast<int>(std::ceil(part.row + part.height)));
    extra.eResampleAlg = io_algorithm(resampling);
    for (int band = 1; band <= source.bands(); ++band)
    {
        if (source.dataset().GetRasterBand(band)->RasterIO(GF_Read, left, top, right - left, bottom - top,
                                                           coarser.data(band - 1), width, height, finer.type(), 0, 0,
                                                           &extra) != CE_None)
        {
            throw TileError(std::string("overview (") + name(resampling) +
                            "): " + errors.cause("GDAL gives no reason"));
        }
    }
    if (last == LastBand::Mask)
    {
        set_coarser_mask(
            source, coarser,
            [&](const PixelBlock &mask)
            { return make_overview(mask, part, width, height, resampling_of_mask(resampling), std::nullopt); });
    }
    return coarser;
}

} // namespace tiledir::raster
