// Which tiles the inside of a ring touches, row by row of tiles.
#pragma once

#include "stac/grid/tile_matrix.h"
#include "stac/grid/tile_set.h"

#include <cstdint>
#include <limits>
#include <vector>

namespace tiledir::engine
{

/// What stac::TileMatrix::tiles_covering() leaves out, in pixels.
constexpr double kTouch = 0.01;

/// Closed, in pixels of a matrix; columns may run on over the ends of its world.
struct Ring
{
    std::vector<double> x;
    std::vector<double> y;
};

/// For each row of tiles the columns between the first and the last place where the ring crosses it: all of the inside
/// of a convex ring, more of others. Immutable.
class RowCrossings
{
public:
    /// Of a ring grown by `margin` pixels, in tiles of `within`. The matrix must live as long.
    RowCrossings(const stac::TileMatrix &matrix, const stac::TileRange &within, const Ring &ring, double margin);

    /// Adds the tiles that the ring touches once it is moved to the left by `shift` pixels.
    void add_tiles(double shift, stac::TileSet &into) const;

private:
    struct Crossing
    {
        double left = std::numeric_limits<double>::infinity();
        double right = -std::numeric_limits<double>::infinity();

        void add(double x);
    };

    stac::TileRange columns(std::size_t index, double shift) const;
    std::int64_t from_top(std::int64_t row) const;
    std::int64_t row_of(double y) const;
    void add_segment(double x1, double y1, double x2, double y2);

    const stac::TileMatrix &m_matrix;
    stac::TileRange m_within;
    double m_margin;
    std::int64_t m_first = 0; ///< rows are counted from the top
    std::vector<Crossing> m_crossings;
};

} // namespace tiledir::engine
