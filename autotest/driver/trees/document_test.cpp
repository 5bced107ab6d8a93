#include "driver/trees/document.h"

#include "autotest/driver/scratch_folder.h"

#include <cpl_vsi.h>

namespace tiledir::driver
{

namespace
{

class DocumentTest : public ScratchFolderTest
{
protected:
    /// By GDAL's own gzip.
    void write_compressed(const std::string &name, const std::string &text) const
    {
        VSILFILE *file = VSIFOpenL(("/vsigzip/" + path(name)).c_str(), "wb");
        VSIFWriteL(text.data(), 1, text.size(), file);
        VSIFCloseL(file);
    }
};

constexpr std::size_t kMost = std::size_t{16} << 20;

} // namespace

TEST_F(DocumentTest, IsReadAsItIs)
{
    write("a.json", "{\"a\": 1}\n");
    EXPECT_EQ(read_document(path("a.json")), "{\"a\": 1}\n");
    EXPECT_TRUE(document_exists(path("a.json")));
}

TEST_F(DocumentTest, NeitherAFolderNorNothingIsOne)
{
    for (const std::string &name : {folder(), path("none.json")})
    {
        EXPECT_EQ(read_document(name), std::nullopt) << name;
        EXPECT_FALSE(document_exists(name)) << name;
        EXPECT_FALSE(side_file_exists(name)) << name;
    }
}

TEST_F(DocumentTest, IsInflatedWhateverItsName)
{
    write_compressed("a.json", "{\"a\": [1, 2]}");
    EXPECT_TRUE(is_compressed(text_of("a.json")));
    EXPECT_EQ(read_document(path("a.json")), "{\"a\": [1, 2]}");
}

TEST_F(DocumentTest, InUtf16BecomesUtf8)
{
    const std::string little("\xFF\xFE{\0\"\0\xFC\0\"\0:\0001\0}\0", 16);
    write("little.json", little);
    EXPECT_EQ(read_document(path("little.json")), "{\"\xC3\xBC\":1}");
    const std::string big("\xFE\xFF\0{\0\"\0\xFC\0\"\0:\0001\0}", 16);
    write("big.json", big);
    EXPECT_EQ(read_document(path("big.json")), "{\"\xC3\xBC\":1}");
}

TEST_F(DocumentTest, ThatIsCompressedAndCorruptIsRefused)
{
    write("a.json.gz", "\x1F\x8B\x08 and no more of it");
    EXPECT_EQ(failure_of([this] { read_document(path("a.json.gz")); }),
              "input: " + path("a.json.gz") + ": is compressed, and corrupt or larger than 16 MiB");
}

TEST_F(DocumentTest, MayHave16MiBAndNotAByteMore)
{
    write("a.json", "");
    boost::filesystem::resize_file(path("a.json"), kMost);
    EXPECT_EQ(read_document(path("a.json")).value().size(), kMost);
    boost::filesystem::resize_file(path("a.json"), kMost + 1);
    EXPECT_EQ(failure_of([this] { read_document(path("a.json")); }),
              "input: " + path("a.json") + ": is larger than 16 MiB");
}

TEST_F(DocumentTest, MayInflateTo16MiBAndNotAByteMore)
{
    write_compressed("most.json", std::string(kMost, ' '));
    EXPECT_EQ(read_document(path("most.json")).value().size(), kMost);
    write_compressed("more.json", std::string(kMost + 1, ' '));
    EXPECT_EQ(failure_of([this] { read_document(path("more.json")); }),
              "input: " + path("more.json") + ": is compressed, and corrupt or larger than 16 MiB");
}

} // namespace tiledir::driver
