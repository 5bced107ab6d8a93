#include "driver/trees/bare_tree.h"

#include "autotest/driver/scratch_folder.h"

namespace tiledir::driver
{

namespace
{

constexpr const char *kSchemesShown = "XYZ ({z}/{x}/{y}), TMS ({z}/{x}/{-y}), ZYX ({z}/{y}/{x}), ZYX_TMS "
                                      "({z}/{-y}/{x}) or a template such as {z}/{x}/{-y}.png";

class BareTreeTest : public ScratchFolderTest
{
protected:
    stac::TiledAssetsItem item(const std::string &scheme, const std::string &grid = "") const
    {
        return bare_tree(folder(), scheme, grid).item;
    }
};

} // namespace

TEST_F(BareTreeTest, PicturesAreWhereTheSchemeSays)
{
    write_png("3/5/2.png");
    EXPECT_EQ(item("XYZ").limits.at("3"), (stac::TileRange{2, 2, 5, 5}));
    EXPECT_EQ(item("TMS").limits.at("3"), (stac::TileRange{5, 5, 5, 5}));
    EXPECT_EQ(item("{TileMatrix}/{TileRow}/{TileCol}.png").limits.at("3"), (stac::TileRange{5, 5, 2, 2}));
    EXPECT_EQ(item("XYZ").tile_matrix_set.id, "WebMercatorQuad");
}

TEST_F(BareTreeTest, TheGridIsTheOneThatIsNamedWithTilesOfTheirSize)
{
    write_png("1/3/0.png", 512);
    const stac::TiledAssetsItem found = item("XYZ", "WGS1984Quad");
    const stac::TileMatrix &matrix = found.tile_matrix_set.matrices.at(0);
    EXPECT_EQ(matrix.tile_width, 512);
    EXPECT_EQ(matrix.tile_bounds(0, 3), (stac::Bounds{90, 0, 180, 90}));
}

TEST_F(BareTreeTest, PicturesWithoutASchemeAreRefused)
{
    write_png("3/5/2.png");
    EXPECT_EQ(failure_of([this] { item(""); }), "input: " + folder() +
                                                    ": nothing tells rows from columns: open option SCHEME should be " +
                                                    kSchemesShown);
}

TEST_F(BareTreeTest, WordsThatNoneKnowsAreRefusedBeforeTheFolderIsListed)
{
    EXPECT_EQ(failure_of([this] { item("WMTS"); }),
              std::string("input: open option SCHEME: is 'WMTS', should be ") + kSchemesShown);
    const std::string failure = failure_of([this] { item("XYZ", "Mercator"); });
    EXPECT_EQ(failure.rfind("input: open option GRID: is 'Mercator', should be one of ", 0), 0U) << failure;
    EXPECT_NE(failure.find("WebMercatorQuad"), std::string::npos) << failure;
}

TEST_F(BareTreeTest, ATemplateOfAnotherShapeIsNotListed)
{
    const BareTree tree = bare_tree(path("none"), "{z}/tile_{x}_{y}.png", "");
    EXPECT_TRUE(tree.item.limits.empty());
    EXPECT_EQ(tree.item.assets.at(0).href, "{z}/tile_{x}_{y}.png");
}

TEST_F(BareTreeTest, ATemplatesExtensionChoosesAmongFormats)
{
    write_png("3/5/2.png");
    write("3/6/2.jpg", "");
    EXPECT_EQ(item("{z}/{x}/{y}.png").limits.at("3"), (stac::TileRange{2, 2, 5, 5}));
}

/// Names of a reserved domain (RFC 6761): nothing is asked for.
TEST_F(BareTreeTest, AWebServersFolderNeedsATemplate)
{
    const std::string web = "/vsicurl/http://tiles.invalid/map";
    EXPECT_EQ(failure_of([&] { bare_tree(web, "", ""); }),
              "input: " + web +
                  ": no stac.json, and a web server's folder is not listed: open option SCHEME={z}/{x}/{y}.png, or as "
                  "its tiles are named, and LEVEL or EXTENT say what there is");
    EXPECT_TRUE(bare_tree(web, "{z}/{x}/{y}.png", "").item.limits.empty());
}

} // namespace tiledir::driver
