using System.Text;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Protocol.Accounts;

/// <summary>The layouts of messages to and from accounts.</summary>
/// <remarks>
/// <code>
/// acq1 AccountQuestion user:blob  order:u8  hash:blob  expected:blob
/// aca1 AccountAnswer   result:u8  hash:blob  disabled:u8  epoch:varint
/// </code>
/// </remarks>
internal static class AccountWire
{
    public static byte[] Write(AccountQuestion m)
    {
        var bytes = new byte[SizeOf(m.User) + 1 + SizeOf(m.Hash) + SizeOf(m.Expected)];
        var writer = new WireWriter(bytes);
        writer.Text(m.User);
        writer.Byte((byte)m.Order);
        writer.Text(m.Hash);
        writer.Text(m.Expected);
        return bytes;
    }

    public static AccountQuestion ReadQuestion(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        return new AccountQuestion(reader.Text(), (AccountOrder)reader.Byte(), reader.Text(), reader.Text());
    }

    public static byte[] Write(AccountAnswer m)
    {
        var bytes = new byte[1 + SizeOf(m.Hash) + 1 + WireWriter.VarintSize(m.Epoch)];
        var writer = new WireWriter(bytes);
        writer.Byte((byte)m.Result);
        writer.Text(m.Hash);
        writer.Byte(m.IsDisabled ? (byte)1 : (byte)0);
        writer.Varint(m.Epoch);
        return bytes;
    }

    public static AccountAnswer ReadAnswer(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        return new AccountAnswer((AccountResult)reader.Byte(), reader.Text(), reader.Byte() == 1, reader.Varint());
    }

    private static int SizeOf(string text) => WireWriter.BlobSize(Encoding.UTF8.GetByteCount(text));
}
