#include "driver/trees/tile_scheme.h"

#include "stac/grid/href_template.h"

#include <gtest/gtest.h>

namespace tiledir::driver
{

namespace
{

stac::TileMatrix matrix_of_eight_rows(bool from_below)
{
    stac::TileMatrix matrix;
    matrix.id = "3";
    matrix.matrix_width = 8;
    matrix.matrix_height = 8;
    matrix.origin_is_bottom_left = from_below;
    return matrix;
}

std::string name_of_scheme(const std::string &text)
{
    const auto scheme = TileScheme::of(text);
    return scheme ? scheme->name() : "none";
}

} // namespace

TEST(TileScheme, IsKnownByItsNameInAnyCase)
{
    EXPECT_EQ(name_of_scheme("XYZ"), "XYZ");
    EXPECT_EQ(name_of_scheme("tms"), "TMS");
    EXPECT_EQ(name_of_scheme("Zyx"), "ZYX");
    EXPECT_EQ(name_of_scheme("zyx_TMS"), "ZYX_TMS");
    EXPECT_EQ(name_of_scheme("WMTS"), "none");
    EXPECT_EQ(name_of_scheme(""), "none");
}

TEST(TileScheme, IsToldByATemplateOfItsShape)
{
    EXPECT_EQ(name_of_scheme("{z}/{x}/{y}.png"), "XYZ");
    EXPECT_EQ(name_of_scheme("{z}/{x}/{-y}.jpeg"), "TMS");
    EXPECT_EQ(name_of_scheme("{TileMatrix}/{TileRow}/{TileCol}.tif"), "ZYX");
    EXPECT_EQ(name_of_scheme("{z}/{-y}/{x}.tif"), "ZYX_TMS");
}

TEST(TileScheme, IsNotToldByATemplateOfAnotherShape)
{
    for (const char *text : {"{z}/{x}/{y}", "{x}/{y}/{z}.png", "tiles/{z}/{x}/{y}.png", "{z}/{x}_{y}.png", "{q}.png"})
    {
        EXPECT_EQ(name_of_scheme(text), "none") << text;
    }
}

/// Tile 5/2: of eight rows the third from that end which the scheme counts from.
TEST(TileScheme, CountsTheRowInTheMatrixsOwnWay)
{
    const TileName tile{5, 2};
    const TileScheme xyz{false, false};
    const TileScheme tms{false, true};
    EXPECT_EQ(xyz.col(tile), 5);
    EXPECT_EQ(xyz.row(tile, matrix_of_eight_rows(false)), 2);
    EXPECT_EQ(xyz.row(tile, matrix_of_eight_rows(true)), 5);
    EXPECT_EQ(tms.row(tile, matrix_of_eight_rows(false)), 5);
    EXPECT_EQ(tms.row(tile, matrix_of_eight_rows(true)), 2);
    const TileScheme zyx{true, false};
    EXPECT_EQ(zyx.col(tile), 2);
    EXPECT_EQ(zyx.row(tile, matrix_of_eight_rows(false)), 5);
}

TEST(TileScheme, TurnsARangeOfNamesOverWithItsRows)
{
    const NameRange folders{3, 6};
    const NameRange files{0, 1};
    EXPECT_EQ(TileScheme({false, false}).range(folders, files, matrix_of_eight_rows(false)),
              (stac::TileRange{0, 1, 3, 6}));
    EXPECT_EQ(TileScheme({false, true}).range(folders, files, matrix_of_eight_rows(false)),
              (stac::TileRange{6, 7, 3, 6}));
    EXPECT_EQ(TileScheme({true, true}).range(folders, files, matrix_of_eight_rows(false)),
              (stac::TileRange{1, 4, 0, 1}));
    EXPECT_TRUE(TileScheme({false, false}).range({}, files, matrix_of_eight_rows(false)).empty());
}

/// The tile in the matrix's upper left corner: row 0 from above, row 7 from below.
TEST(TileScheme, ItsTemplateGivesTilesTheNamesThatTheyHave)
{
    for (const bool from_below : {false, true})
    {
        const stac::TileMatrix matrix = matrix_of_eight_rows(from_below);
        const std::int64_t uppermost = from_below ? 7 : 0;
        const auto name = [&](const TileScheme &scheme)
        { return stac::HrefTemplate(scheme.href("png", from_below)).expand(matrix, uppermost, 1); };
        EXPECT_EQ(name({false, false}), "3/1/0.png");
        EXPECT_EQ(name({false, true}), "3/1/7.png");
        EXPECT_EQ(name({true, false}), "3/0/1.png");
        EXPECT_EQ(name({true, true}), "3/7/1.png");
    }
}

} // namespace tiledir::driver
