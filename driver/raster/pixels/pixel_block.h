// Pixels in memory: bands of one data type over one window, band after band, rows from the top.
#pragma once

#include "driver/raster/pixels/nodata_value.h"
#include "stac/grid/bounds.h"

#include <gdal.h>

#include <cstddef>
#include <vector>

namespace tiledir::raster
{

/// In blocks of floating-point working types NaN means nodata (no input covers the pixel).
class PixelBlock
{
public:
    PixelBlock() = default;
    /// Zeroed pixels.
    PixelBlock(int width, int height, int bands, GDALDataType type);

    int width() const { return m_width; }
    int height() const { return m_height; }
    int bands() const { return m_bands; }
    GDALDataType type() const { return m_type; }
    int pixel_size() const { return m_pixel_size; } ///< bytes
    std::size_t row_size() const { return static_cast<std::size_t>(m_width) * m_pixel_size; }
    std::size_t band_size() const { return row_size() * m_height; }
    std::size_t size() const { return m_data.size(); }

    unsigned char *data(int band = 0, int row = 0) { return m_data.data() + band * band_size() + row * row_size(); }
    const unsigned char *data(int band = 0, int row = 0) const
    {
        return m_data.data() + band * band_size() + row * row_size();
    }
    template <class T> T *row(int band, int row_index) { return reinterpret_cast<T *>(data(band, row_index)); }
    template <class T> const T *row(int band, int row_index) const
    {
        return reinterpret_cast<const T *>(data(band, row_index));
    }

    /// Sets every pixel of every band to a value, converted as GDAL converts (clamped, rounded).
    void fill(const NodataValue &value);
    /// True where every pixel of every band equals the value (NaN equals NaN).
    bool all_equal(const NodataValue &value) const;

    /// Copies a rectangle of the source (all bands; same type and band count) to (to_col, to_row) here.
    void paste(const PixelBlock &source, int from_col, int from_row, int width, int height, int to_col, int to_row);

    /// A rectangle of it.
    PixelBlock part(int col, int row, int width, int height) const;

private:
    int m_width = 0;
    int m_height = 0;
    int m_bands = 0;
    GDALDataType m_type = GDT_Unknown;
    int m_pixel_size = 0;
    std::vector<unsigned char> m_data;
};

/// Copies a part of one window's pixels into those of another window of the same matrix; both hold the whole part.
void paste(const stac::PixelWindow &part, const PixelBlock &from, const stac::PixelWindow &from_window, PixelBlock &to,
           const stac::PixelWindow &to_window);

/// The smallest window that holds all pixels in which two blocks of one shape and type differ, bit by bit; empty where
/// they are the same.
stac::PixelWindow difference(const PixelBlock &one, const PixelBlock &other);

} // namespace tiledir::raster
