#include "driver/raster/input/file_part.h"

#include "driver/raster/input/raster_file.h"
#include "driver/raster/input/source_reading.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tiledir::raster
{

namespace
{

/// As a VRT reads it: every pixel that the source touches, from the source's pixel under its centre or, where the
/// centre lies beside the source, from the outermost one.
Span nearest_span(const Wanted &wanted, double source_first, double source_extent, int source_size)
{
    constexpr double kTouch = 1e-3;
    constexpr double kOnEdge = 1e-10;
    const std::int64_t begin = std::max(wanted.begin, static_cast<std::int64_t>(std::floor(source_first + kTouch)));
    const std::int64_t end =
        std::min(wanted.end, static_cast<std::int64_t>(std::ceil(source_first + source_extent - kTouch)));
    Span span;
    if (begin >= end)
    {
        return span;
    }
    span.first = static_cast<int>(begin - wanted.window_first);
    span.size = static_cast<int>(end - begin);
    const double step = source_size / source_extent;
    for (std::int64_t pixel = begin; pixel < end; ++pixel)
    {
        const double position = (static_cast<double>(pixel) + 0.5 - source_first) * step + kOnEdge;
        span.picks.push_back(static_cast<int>(std::clamp(position, 0.0, source_size - 1.0)));
    }
    span.input_first = span.picks.front();
    span.input_size = span.picks.back() - span.input_first + 1;
    for (int &pick : span.picks)
    {
        pick -= span.input_first;
    }
    return span;
}

template <class T> constexpr GDALDataType gdal_type()
{
    return sizeof(T) == sizeof(double) ? GDT_Float64 : GDT_Float32;
}

template <class T> bool is_nodata(T pixel, T nodata, bool nearly)
{
    return pixel == nodata || (nearly && ARE_REAL_EQUAL(pixel, nodata));
}

template <class T> void make_signed(const OpenBand &band, const Part &part, T *pixels, std::size_t line_size)
{
    for (int row = 0; band.signed_byte && row < part.rows.input_size; ++row)
    {
        T *begin = pixels + row * (line_size / sizeof(T));
        std::transform(begin, begin + part.cols.input_size, begin,
                       [](T pixel) { return pixel > 127 ? pixel - 256 : pixel; });
    }
}

/// Sets NaN where the band says that a pixel is not valid.
template <class T>
void mask_pixels(const OpenedFile &file, const OpenBand &band, const Part &part, T *pixels, std::size_t line_size)
{
    const int width = part.cols.input_size;
    const int height = part.rows.input_size;
    const T not_valid = std::numeric_limits<T>::quiet_NaN();
    const auto line = [&](int row) { return pixels + row * (line_size / sizeof(T)); };
    if (band.validity.nodata)
    {
        T nodata = 0;
        GDALCopyWords(&*band.validity.nodata, GDT_Float64, 0, &nodata, gdal_type<T>(), 0, 1);
        const bool nearly = band.validity.nearly;
        for (int row = 0; row < height; ++row)
        {
            T *begin = line(row);
            std::replace_if(
                begin, begin + width, [&](T pixel) { return is_nodata(pixel, nodata, nearly); }, not_valid);
        }
    }
    if (band.validity.mask != nullptr)
    {
        std::vector<unsigned char> mask(static_cast<std::size_t>(width) * height);
        read_pixels(file, *band.validity.mask, part, mask.data(), GDT_Byte, width);
        for (int row = 0; row < height; ++row)
        {
            T *begin = line(row);
            const unsigned char *valid = mask.data() + static_cast<std::size_t>(row) * width;
            for (int col = 0; col < width; ++col)
            {
                begin[col] = valid[col] != 0 ? begin[col] : not_valid;
            }
        }
    }
}

/// Makes of the pixels what the mosaic holds.
template <class T> void convert_pixels(const OpenedFile &file, const Part &part, T *pixels, std::size_t line_size)
{
    if (file.factor == 1 && file.summand == 0)
    {
        return;
    }
    for (int row = 0; row < part.rows.input_size; ++row)
    {
        T *begin = pixels + row * (line_size / sizeof(T));
        std::transform(begin, begin + part.cols.input_size, begin,
                       [&](T pixel)
                       { return static_cast<T>(file.factor * static_cast<double>(pixel) + file.summand); });
    }
}

/// Puts the valid pixels of `pixels` (a whole part) over those of a band of the block.
template <class From, class To>
void overlay(const std::vector<From> &pixels, const Part &part, PixelBlock &into, int band)
{
    for (int line = 0; line < part.rows.size; ++line)
    {
        const int input_row = part.rows.picks.empty() ? line : part.rows.picks[line];
        const From *from = pixels.data() + static_cast<std::size_t>(input_row) * part.cols.input_size;
        To *to = into.row<To>(band, part.rows.first + line) + part.cols.first;
        for (int col = 0; col < part.cols.size; ++col)
        {
            const From pixel = from[part.cols.picks.empty() ? col : part.cols.picks[col]];
            if (!std::isnan(pixel))
            {
                to[col] = static_cast<To>(pixel);
            }
        }
    }
}

template <class From, class To>
void read_over(const OpenedFile &file, const OpenBand &band, const Part &part, PixelBlock &into, int index)
{
    std::vector<From> pixels(static_cast<std::size_t>(part.cols.input_size) * part.rows.input_size);
    const std::size_t line_size = sizeof(From) * part.cols.input_size;
    read_pixels(file, *band.band, part, pixels.data(), gdal_type<From>(), line_size);
    make_signed(band, part, pixels.data(), line_size);
    mask_pixels(file, band, part, pixels.data(), line_size);
    convert_pixels(file, part, pixels.data(), line_size);
    overlay<From, To>(pixels, part, into, index);
}

/// Does Float32 hold every pixel of the band's type, so that nodata can be told after the conversion?
bool fits_float32(const OpenBand &band)
{
    return GDALDataTypeUnion(band.band->GetRasterDataType(), GDT_Float32) == GDT_Float32;
}

/// Into a block that holds nothing yet under the part.
template <class T>
void read_directly(const OpenedFile &file, const OpenBand &band, const Part &part, PixelBlock &into, int index)
{
    T *pixels = into.row<T>(index, part.rows.first) + part.cols.first;
    read_pixels(file, *band.band, part, pixels, into.type(), into.row_size());
    make_signed(band, part, pixels, into.row_size());
    mask_pixels(file, band, part, pixels, into.row_size());
    convert_pixels(file, part, pixels, into.row_size());
}

} // namespace

Span aligned_span(const Wanted &wanted, double source_first, int source_size)
{
    const auto origin = static_cast<std::int64_t>(source_first);
    const std::int64_t begin = std::max(wanted.begin, origin);
    const std::int64_t end = std::min(wanted.end, origin + source_size);
    Span span;
    if (begin < end)
    {
        span.first = static_cast<int>(begin - wanted.window_first);
        span.size = static_cast<int>(end - begin);
        span.input_first = static_cast<int>(begin - origin);
        span.input_size = span.size;
    }
    return span;
}

std::optional<Part> part_of(const MosaicSource &source, const Wanted &cols, const Wanted &rows)
{
    Part part;
    if (source.aligned)
    {
        part.cols = aligned_span(cols, source.col, source.width);
        part.rows = aligned_span(rows, source.row, source.height);
    }
    else
    {
        part.cols = nearest_span(cols, source.col, source.cols, source.width);
        part.rows = nearest_span(rows, source.row, source.rows, source.height);
    }
    if (part.cols.size == 0 || part.rows.size == 0)
    {
        return std::nullopt;
    }
    return part;
}

bool covers(const Part &part, const stac::PixelWindow &window)
{
    return part.cols.size == window.width && part.rows.size == window.height;
}

Validity validity_of(GDALRasterBand &band, const std::optional<double> &given)
{
    Validity validity;
    const GDALDataType type = band.GetRasterDataType();
    validity.nan = GDALDataTypeIsFloating(type) != 0;
    validity.nearly = validity.nan;
    int has_nodata = FALSE;
    const double declared = band.GetNoDataValue(&has_nodata);
    if (given || has_nodata)
    {
        validity.nodata = given ? *given : declared;
    }
    else if ((band.GetMaskFlags() & GMF_ALL_VALID) == 0)
    {
        validity.mask = band.GetMaskBand();
    }
    else if (GDALDataset *file = band.GetDataset(); file != nullptr && data_bands(*file) < file->GetRasterCount())
    {
        validity.mask = file->GetRasterBand(file->GetRasterCount()); // alpha that is neither Byte nor UInt16
    }
    return validity;
}

void read_pixels(const OpenedFile &file, GDALRasterBand &band, const Part &part, void *into, GDALDataType type,
                 std::size_t line_size)
{
    const SourceReading reading;
    const int width = part.cols.input_size;
    const int height = part.rows.input_size;
    reading.check(band.RasterIO(GF_Read, part.cols.input_first, part.rows.input_first, width, height, into, width,
                                height, type, 0, static_cast<GSpacing>(line_size), nullptr),
                  *file.dataset, file.path, file.trouble);
}

void read_part(const OpenedFile &file, const Part &part, bool nothing_below, PixelBlock &into)
{
    const bool whole_pixels = part.cols.picks.empty() && part.rows.picks.empty();
    for (int index = 0; index < into.bands(); ++index)
    {
        const OpenBand &band = file.bands[index];
        const bool wide = into.type() == GDT_Float64;
        const bool direct = whole_pixels && nothing_below && (wide || !band.validity.nodata || fits_float32(band));
        if (direct)
        {
            wide ? read_directly<double>(file, band, part, into, index)
                 : read_directly<float>(file, band, part, into, index);
        }
        else if (wide)
        {
            read_over<double, double>(file, band, part, into, index);
        }
        else if (fits_float32(band))
        {
            read_over<float, float>(file, band, part, into, index);
        }
        else
        {
            read_over<double, float>(file, band, part, into, index);
        }
    }
}

} // namespace tiledir::raster
